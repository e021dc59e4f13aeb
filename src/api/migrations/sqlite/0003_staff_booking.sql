-- A time that staff took out. While it lasts, its visits of the state 'blocked' take the cells of its counters, so that a block
-- and a booking cannot be in each other's way any more than two bookings can.
CREATE TABLE block (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  location TEXT NOT NULL,
  counter TEXT NOT NULL DEFAULT '',
  start_ms BIGINT NOT NULL,
  end_ms BIGINT NOT NULL CHECK (end_ms > start_ms),
  reason TEXT NOT NULL,
  removed_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id),
  CHECK (start_ms % 300000 = 0 AND end_ms % 300000 = 0)
);
CREATE INDEX block_end ON block (tenant, location, end_ms);

-- Which block a visit of the state 'blocked' belongs to.
ALTER TABLE visit ADD COLUMN block TEXT NOT NULL DEFAULT '';
CREATE INDEX visit_block ON visit (tenant, block) WHERE block <> '';
