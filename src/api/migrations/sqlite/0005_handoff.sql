-- A talk between a citizen and staff: a log of entries. `seq` is the number of the last one; order is by number and by nothing else.
-- Secret and resume code are hashed; `turn` counts how often they were made anew.
CREATE TABLE conversation (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  receipt TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  turn BIGINT NOT NULL DEFAULT 0,
  resume_hash TEXT NOT NULL DEFAULT '',
  resume_until_ms BIGINT NOT NULL DEFAULT 0,
  way TEXT NOT NULL CHECK (way IN ('chat', 'message', 'callback')),
  stage TEXT NOT NULL CHECK (stage IN ('waiting', 'active', 'closed')),
  department TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  bundle TEXT NOT NULL,
  language TEXT NOT NULL,
  privacy_version TEXT NOT NULL,
  seq BIGINT NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '',
  created_ms BIGINT NOT NULL,
  queued_ms BIGINT NOT NULL,
  taken_ms BIGINT NOT NULL DEFAULT 0,
  closed_ms BIGINT NOT NULL DEFAULT 0,
  heard_ms BIGINT NOT NULL,
  away_ms BIGINT NOT NULL DEFAULT 0,
  received BIGINT NOT NULL DEFAULT 0,
  unanswered BIGINT NOT NULL DEFAULT 1,
  alarm BIGINT NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '',
  record TEXT NOT NULL DEFAULT 'open' CHECK (record IN ('open', 'journalised', 'not-case-relevant')),
  record_reason TEXT NOT NULL DEFAULT '',
  record_by TEXT NOT NULL DEFAULT '',
  record_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, receipt),
  UNIQUE (tenant, secret_hash),
  CHECK ((stage = 'active') = (owner <> ''))
);
CREATE UNIQUE INDEX conversation_resume ON conversation (tenant, resume_hash) WHERE resume_hash <> '';
CREATE INDEX conversation_queue ON conversation (tenant, stage, created_ms);
CREATE INDEX conversation_taken ON conversation (tenant, taken_ms) WHERE taken_ms <> 0;
CREATE INDEX conversation_record ON conversation (tenant, record, record_ms);

-- `message` is the id that its writer gave it: two of one conversation never share one, however often it is sent. `target` is the
-- number of what a correction sets right; `detail` says why, where to, by whom, or whether somebody writes.
CREATE TABLE entry (
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  who TEXT NOT NULL CHECK (who IN ('citizen', 'staff', 'bot', 'system')),
  account TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL CHECK (kind IN
    ('message', 'correction', 'taken', 'requeued', 'transferred', 'citizen-away', 'citizen-back', 'typing', 'closed')),
  message TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT '',
  target BIGINT NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, conversation, seq)
);
CREATE UNIQUE INDEX entry_message ON entry (tenant, conversation, message) WHERE message <> '';

-- The chat with the bot that went along, personal data masked.
CREATE TABLE said (
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  n BIGINT NOT NULL,
  who TEXT NOT NULL CHECK (who IN ('citizen', 'bot')),
  text TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, conversation, n)
);

-- Where an answer goes, when one was left a message or a call is wanted.
CREATE TABLE caller (
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  wanted TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, conversation)
);

-- What colleagues write for each other.
CREATE TABLE note (
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  account TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (tenant, conversation, seq)
);

-- Whose console is alive, and who takes chats. `departments` are ids with a blank between them; none means all.
CREATE TABLE presence (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  there BIGINT NOT NULL,
  departments TEXT NOT NULL DEFAULT '',
  seen_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, account)
);

-- Answers that staff found wrong, for the editors.
CREATE TABLE fact (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  account TEXT NOT NULL,
  intent TEXT NOT NULL,
  wrong TEXT NOT NULL,
  correct TEXT NOT NULL DEFAULT '',
  done_ms BIGINT NOT NULL DEFAULT 0,
  done_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, id)
);
CREATE INDEX fact_open ON fact (tenant, done_ms, at_ms);

-- What a contact centre knows of a conversation: `remote` names it there (empty until it has it), `sent` is the number of the last entry
-- it has, `cursor` what was heard of it last. `since_ms` is when it first failed, or 0.
CREATE TABLE carried (
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  department TEXT NOT NULL,
  remote TEXT NOT NULL DEFAULT '',
  sent BIGINT NOT NULL DEFAULT 0,
  cursor TEXT NOT NULL DEFAULT '',
  next_ms BIGINT NOT NULL,
  since_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, conversation)
);
CREATE INDEX carried_due ON carried (tenant, next_ms);

-- Entries are only ever added. They go with their conversation, and that goes when somebody has decided about its record.
CREATE TRIGGER entry_kept BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry
WHEN EXISTS (SELECT 1 FROM conversation c WHERE c.tenant = OLD.tenant AND c.id = OLD.conversation AND c.record = 'open') BEGIN
  SELECT RAISE(ABORT, 'its record is not decided');
END;
CREATE TRIGGER conversation_stays BEFORE DELETE ON conversation WHEN OLD.record = 'open' BEGIN
  SELECT RAISE(ABORT, 'its record is not decided');
END;
CREATE TRIGGER conversation_over BEFORE UPDATE OF stage ON conversation WHEN OLD.stage = 'closed' AND NEW.stage <> 'closed' BEGIN
  SELECT RAISE(ABORT, 'a conversation that is over stays over');
END;
