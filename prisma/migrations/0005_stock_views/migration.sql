-- Profiles that nobody has touched are found by their batch, the others by when they changed, single ones by when they came
DROP INDEX "profile_state_since_idx";
DROP INDEX "profile_state_iccid_idx";
CREATE INDEX "profile_changed" ON "profile" ("type_id", "state", "state_since", "iccid") INCLUDE ("batch_id", "created_at")
    WHERE "batch_id" IS NULL OR "state" <> 'Available' OR "state_since" <> "created_at";
CREATE INDEX "profile_single" ON "profile" ("created_at", "iccid") WHERE "batch_id" IS NULL;
