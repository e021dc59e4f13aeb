-- A booking: what stays when its visit gets another time. Holds nothing about the person.
CREATE TABLE booking (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  receipt TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  sequence BIGINT NOT NULL DEFAULT 0,
  stamp_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  privacy_version TEXT NOT NULL,
  language TEXT NOT NULL,
  erased_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, receipt),
  UNIQUE (tenant, secret_hash)
);

-- Who comes. The only table with personal data; erasure deletes the row.
CREATE TABLE person (
  tenant TEXT NOT NULL,
  booking TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  cpr TEXT NOT NULL,
  PRIMARY KEY (tenant, booking)
);
CREATE INDEX person_phone ON person (tenant, phone);
CREATE INDEX person_email ON person (tenant, email);

-- One time of one counter: held, booked, or past. A move makes a new row.
CREATE TABLE visit (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  booking TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('held', 'confirmed', 'checked-in', 'blocked', 'released', 'expired', 'moved', 'cancelled', 'no-show')),
  service TEXT NOT NULL,
  location TEXT NOT NULL,
  counter TEXT NOT NULL,
  persons BIGINT NOT NULL,
  start_ms BIGINT NOT NULL,
  end_ms BIGINT NOT NULL CHECK (end_ms > start_ms),
  zone TEXT NOT NULL,
  wall TEXT NOT NULL,
  held_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  holder_hash TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, id),
  CHECK (start_ms % 300000 = 0 AND end_ms % 300000 = 0)
);
CREATE INDEX visit_start ON visit (tenant, start_ms);
CREATE INDEX visit_held ON visit (tenant, expires_ms) WHERE state = 'held';
CREATE INDEX visit_location ON visit (tenant, location, start_ms);
CREATE INDEX visit_booking ON visit (tenant, booking);
CREATE UNIQUE INDEX visit_holder ON visit (tenant, holder_hash) WHERE holder_hash <> '';
CREATE UNIQUE INDEX visit_now ON visit (tenant, booking) WHERE booking <> '' AND state <> 'moved';

-- What was answered to a POST, for a day. The key is hashed and the body's secret is left out.
CREATE TABLE idempotency (
  tenant TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  secret_of TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, key_hash)
);
CREATE INDEX idempotency_age ON idempotency (tenant, created_ms);

-- Codes that were sent to a contact, for one hold.
CREATE TABLE code (
  tenant TEXT NOT NULL,
  visit TEXT NOT NULL,
  contact_hash TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  sent BIGINT NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant, visit)
);

-- Messages that must go out. `recipient` and `payload` are filled for codes only, and emptied when sent.
CREATE TABLE outbox (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  booking TEXT NOT NULL,
  visit TEXT NOT NULL,
  about TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL DEFAULT '',
  payload TEXT NOT NULL DEFAULT '',
  dedupe TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
  tries BIGINT NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  next_ms BIGINT NOT NULL,
  claimed_ms BIGINT NOT NULL DEFAULT 0,
  sent_ms BIGINT NOT NULL DEFAULT 0,
  alerted_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, dedupe)
);
CREATE INDEX outbox_next ON outbox (tenant, state, next_ms);
CREATE INDEX outbox_booking ON outbox (tenant, booking);

-- What staff must look at.
CREATE TABLE alert (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  about TEXT NOT NULL,
  subject TEXT NOT NULL,
  seen_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id)
);

-- The invariant: a counter has at most one visit in each cell of five minutes. Rows are there while the visit takes its
-- time, written by the triggers below and by nobody else; a second visit fails with the primary key.
CREATE TABLE cell (
  tenant TEXT NOT NULL,
  counter TEXT NOT NULL,
  cell BIGINT NOT NULL,
  visit TEXT NOT NULL,
  PRIMARY KEY (tenant, counter, cell)
) WITHOUT ROWID;
CREATE INDEX cell_visit ON cell (tenant, visit);

CREATE TRIGGER visit_takes AFTER INSERT ON visit
WHEN NEW.state IN ('held', 'confirmed', 'checked-in', 'blocked') BEGIN
  INSERT INTO cell (tenant, counter, cell, visit)
  SELECT NEW.tenant, NEW.counter, n, NEW.id FROM (
    WITH RECURSIVE upto(n) AS (
      SELECT NEW.start_ms / 300000 UNION ALL SELECT n + 1 FROM upto WHERE n + 1 < NEW.end_ms / 300000
    ) SELECT n FROM upto
  );
END;

CREATE TRIGGER visit_frees AFTER UPDATE OF state ON visit
WHEN NEW.state NOT IN ('held', 'confirmed', 'checked-in', 'blocked') BEGIN
  DELETE FROM cell WHERE tenant = NEW.tenant AND visit = NEW.id;
END;

-- What is free stays free: a visit that gave its time back never takes it again, and never changes its time.
CREATE TRIGGER visit_revived BEFORE UPDATE OF state ON visit
WHEN OLD.state NOT IN ('held', 'confirmed', 'checked-in', 'blocked') AND NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'a visit that is over stays over');
END;
CREATE TRIGGER visit_shifted BEFORE UPDATE OF tenant, id, counter, start_ms, end_ms ON visit BEGIN
  SELECT RAISE(ABORT, 'a visit keeps its time; move it with a new row');
END;
CREATE TRIGGER visit_gone AFTER DELETE ON visit BEGIN
  DELETE FROM cell WHERE tenant = OLD.tenant AND visit = OLD.id;
END;

-- Append-only.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  booking TEXT NOT NULL,
  visit TEXT NOT NULL,
  what TEXT NOT NULL,
  who TEXT NOT NULL
);
CREATE INDEX audit_booking ON audit (tenant, booking);
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
