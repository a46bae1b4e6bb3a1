-- What the eUICC signed (EuiccSigned1, EuiccSigned2, …) as it arrived, for the person who unfolds a step: decoded when it is looked at
ALTER TABLE "profile_event" ADD COLUMN "evidence" BYTEA;

-- The operator's list of devices
CREATE TABLE "device_model" (
    "tac" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    CONSTRAINT "device_model_pkey" PRIMARY KEY ("tac"),
    CONSTRAINT "device_model_tac_digits" CHECK ("tac" ~ '^[0-9]{8}$')
);

-- How far those have come who follow the timeline
CREATE TABLE "event_reader" (
    "name" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "event_reader_pkey" PRIMARY KEY ("name")
);

-- One row for each session in which a device asked for a profile, made from the timeline behind the requests
CREATE TABLE "download_attempt" (
    "transaction_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "iccid" TEXT,
    "order_id" UUID,
    "type_id" UUID,
    "eum" TEXT NOT NULL DEFAULT '',
    "tac" TEXT NOT NULL DEFAULT '',
    "svn" TEXT NOT NULL DEFAULT '',
    "result" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "ended_at" TIMESTAMPTZ(3),
    "issued_seconds" INTEGER,
    "enabled" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "download_attempt_pkey" PRIMARY KEY ("transaction_id")
);
CREATE INDEX "download_attempt_at_idx" ON "download_attempt" ("at");
CREATE INDEX "download_attempt_not_enabled" ON "download_attempt" ("iccid") WHERE "result" = 'installed' AND NOT "enabled";
CREATE INDEX "download_attempt_installed" ON "download_attempt" ("ended_at") WHERE "result" = 'installed';

-- The same, counted by day
CREATE TABLE "attempt_tally" (
    "day" DATE NOT NULL,
    "type_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    "eum" TEXT NOT NULL,
    "tac" TEXT NOT NULL,
    "svn" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    CONSTRAINT "attempt_tally_pkey" PRIMARY KEY ("day", "type_id", "eum", "tac", "svn", "result", "reason")
);

-- What the radar looks for
CREATE INDEX "download_order_expiring" ON "download_order" ("expires_at") WHERE "closed_at" IS NULL AND "expires_at" IS NOT NULL;
CREATE INDEX "download_order_wrong_codes" ON "download_order" ("iccid") WHERE "closed_at" IS NULL AND "confirmation_attempts" > 0;

-- How long each kind of personal data is kept, and when the clock last ran
CREATE TABLE "retention_clock" (
    "kind" TEXT NOT NULL,
    "days" INTEGER,
    "mark" JSONB,
    "last_run_at" TIMESTAMPTZ(3),
    "removed" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3),
    "updated_by" TEXT,
    CONSTRAINT "retention_clock_pkey" PRIMARY KEY ("kind"),
    CONSTRAINT "retention_clock_days_positive" CHECK ("days" > 0)
);
