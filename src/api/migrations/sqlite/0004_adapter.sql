-- A hold or a booking that another system keeps: its names there, and whose secret opens it here. Nothing about the person.
CREATE TABLE afar (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'booked', 'gone')),
  service TEXT NOT NULL,
  location TEXT NOT NULL,
  persons BIGINT NOT NULL,
  hold TEXT NOT NULL,
  booking TEXT NOT NULL DEFAULT '',
  start_ms BIGINT NOT NULL,
  end_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  holder_hash TEXT NOT NULL,
  secret_hash TEXT NOT NULL DEFAULT '',
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, holder_hash)
);
CREATE UNIQUE INDEX afar_secret ON afar (tenant, secret_hash) WHERE secret_hash <> '';
CREATE INDEX afar_end ON afar (tenant, end_ms);

-- A wish on its way to another system, until it is known what became of it. Nothing about the person.
CREATE TABLE wish (
  tenant TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  outer_key TEXT NOT NULL,
  about TEXT NOT NULL CHECK (about IN ('hold', 'extend', 'release', 'book', 'move', 'cancel', 'erase')),
  state TEXT NOT NULL CHECK (state IN ('sent', 'unknown')),
  service TEXT NOT NULL,
  subject TEXT NOT NULL,
  location TEXT NOT NULL,
  start_ms BIGINT NOT NULL,
  persons BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  tried_ms BIGINT NOT NULL,
  alerted_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, key_hash)
);
CREATE INDEX wish_tried ON wish (tenant, tried_ms);
