-- What AI help has used on a day, in counts. What is set aside (`reserved_`) is given back when an answer is over.
CREATE TABLE fallback_day (
  tenant TEXT NOT NULL,
  day TEXT NOT NULL,
  dialogs BIGINT NOT NULL DEFAULT 0,
  questions BIGINT NOT NULL DEFAULT 0,
  answered BIGINT NOT NULL DEFAULT 0,
  withheld BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0,
  degraded BIGINT NOT NULL DEFAULT 0,
  tokens_in BIGINT NOT NULL DEFAULT 0,
  tokens_out BIGINT NOT NULL DEFAULT 0,
  micro BIGINT NOT NULL DEFAULT 0,
  reserved_tokens BIGINT NOT NULL DEFAULT 0,
  reserved_micro BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, day)
);

-- How often a conversation has asked: a hash, a number, and when it began. Forgotten after a day.
CREATE TABLE fallback_talk (
  tenant TEXT NOT NULL,
  talk TEXT NOT NULL,
  turns BIGINT NOT NULL,
  begun_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, talk)
);
CREATE INDEX fallback_talk_begun ON fallback_talk (tenant, begun_ms);
