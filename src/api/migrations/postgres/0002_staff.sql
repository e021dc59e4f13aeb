-- Who works at the kommune. The operator's accounts have the tenant '*', which no kommune can be called. A removed account
-- stays, so that the audit log keeps its names.
CREATE TABLE account (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  user_name TEXT NOT NULL,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  password TEXT NOT NULL DEFAULT '',
  totp TEXT NOT NULL DEFAULT '',
  totp_offered TEXT NOT NULL DEFAULT '',
  totp_step BIGINT NOT NULL DEFAULT 0,
  issuer TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  created_ms BIGINT NOT NULL,
  removed_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX account_user ON account (tenant, user_name) WHERE removed_ms = 0;
CREATE UNIQUE INDEX account_subject ON account (tenant, issuer, subject) WHERE removed_ms = 0 AND subject <> '';

-- Who is signed in. The cookie's secret is hashed.
CREATE TABLE session (
  tenant TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  account TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, token_hash)
);
CREATE INDEX session_account ON session (tenant, account);

-- Lets somebody choose a password, once.
CREATE TABLE invitation (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, account)
);

-- Sign-ins that failed, by an HMAC of the name that was given, whether it is anybody's or not.
CREATE TABLE attempt (
  tenant TEXT NOT NULL,
  name_hash TEXT NOT NULL,
  failed BIGINT NOT NULL,
  last_ms BIGINT NOT NULL,
  next_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, name_hash)
);
CREATE INDEX attempt_age ON attempt (tenant, last_ms);

-- Sign-ins that were sent to a kommune's own login and have not come back. Each row lets one come back, once.
CREATE TABLE journey (
  tenant TEXT NOT NULL,
  state_hash TEXT NOT NULL,
  cookie_hash TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, state_hash)
);
CREATE INDEX journey_age ON journey (tenant, expires_ms);

-- What was done on a day, for the console.
CREATE INDEX audit_day ON audit (tenant, at_ms);

-- As in 0001: without the tenant of the transaction no row can be seen or written.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['account', 'session', 'invitation', 'attempt', 'journey'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY kommune ON %I USING (tenant = current_setting(''lokalsvar.tenant'', true))
      WITH CHECK (tenant = current_setting(''lokalsvar.tenant'', true))', name);
  END LOOP;
END $$;
