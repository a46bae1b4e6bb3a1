-- Profile types: default order settings, owner, notifications, stock alert, template

CREATE TABLE "profile_template" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "sealed" BYTEA NOT NULL,
    "bytes" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "profile_template_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "profile_template" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;

ALTER TABLE "profile_type"
    ADD COLUMN "template_id" UUID,
    ADD COLUMN "owner_mcc_mnc" TEXT,
    ADD COLUMN "owner_gid1" TEXT,
    ADD COLUMN "owner_gid2" TEXT,
    ADD COLUMN "notifications" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "confirmation_code_required" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "order_valid_days" INTEGER,
    ADD COLUMN "alert_level" INTEGER,
    ADD COLUMN "alert_recipients" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    ADD COLUMN "alerted_at" TIMESTAMPTZ(3),
    ADD COLUMN "reorder_quantity" INTEGER,
    ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;

-- Batches

CREATE TABLE "batch" (
    "id" BIGSERIAL NOT NULL,
    "type_id" UUID NOT NULL,
    "template_id" UUID,
    "data_key_id" INTEGER,
    "state" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "vendor" TEXT,
    "format" TEXT NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "mapping" JSONB,
    "declared" JSONB NOT NULL DEFAULT '{}',
    "report" JSONB,
    "file" TEXT,
    "file_bytes" BIGINT NOT NULL DEFAULT 0,
    "rows_total" INTEGER,
    "rows_read" INTEGER NOT NULL DEFAULT 0,
    "rows_kept" INTEGER NOT NULL DEFAULT 0,
    "rows_warned" INTEGER NOT NULL DEFAULT 0,
    "rows_refused" INTEGER NOT NULL DEFAULT 0,
    "progress" JSONB,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "failure" TEXT,
    "worker" TEXT,
    "worker_seen_at" TIMESTAMPTZ(3),
    "first_iccid" TEXT COLLATE "C",
    "last_iccid" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,

    CONSTRAINT "batch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "batch_state_known" CHECK ("state" IN ('uploaded','checking','draft','failed','approved','discarded','rolledBack')),
    CONSTRAINT "batch_type_id_fkey" FOREIGN KEY ("type_id") REFERENCES "profile_type"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "batch_type_id_idx" ON "batch" ("type_id", "id");

-- What the doctor found; one row for each finding of a row, those of the whole stand in batch.report
CREATE TABLE "batch_finding" (
    "batch_id" BIGINT NOT NULL,
    "line" INTEGER NOT NULL,
    "place" INTEGER NOT NULL DEFAULT 0,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "field" TEXT,
    "sentence" TEXT NOT NULL,

    CONSTRAINT "batch_finding_pkey" PRIMARY KEY ("batch_id", "line", "place"),
    CONSTRAINT "batch_finding_severity_known" CHECK ("severity" IN ('error','warning'))
);
CREATE INDEX "batch_finding_kind_idx" ON "batch_finding" ("batch_id", "kind", "line");

-- The rows with findings as they came, sealed, to be given back with the reasons
CREATE TABLE "batch_faulty_row" (
    "batch_id" BIGINT NOT NULL,
    "line" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "batch_faulty_row_pkey" PRIMARY KEY ("batch_id", "line")
);

-- How a vendor's tables are read
CREATE TABLE "vendor" (
    "name" TEXT NOT NULL,
    "mapping" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "vendor_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "transport_key" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "vendor" TEXT NOT NULL DEFAULT '',
    "key_index" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "iv" TEXT,
    "parts" INTEGER NOT NULL DEFAULT 1,
    "sealed_parts" BYTEA[] NOT NULL DEFAULT ARRAY[]::BYTEA[],
    "entered_by" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "sealed" BYTEA,
    "kcv" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "transport_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "transport_key_current" ON "transport_key" ("vendor", "key_index") WHERE "retired_at" IS NULL;

CREATE TABLE "pgp_key" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "fingerprint" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "pgp_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "pgp_key_fingerprint_key" ON "pgp_key" ("fingerprint");

-- What one person asks for and another decides
CREATE TABLE "approval" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "requested_by" TEXT NOT NULL,
    "decision" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "approval_decision_known" CHECK ("decision" IN ('approved','declined','withdrawn')),
    CONSTRAINT "approval_by_two" CHECK ("decision" IS DISTINCT FROM 'approved' OR "decided_by" <> "requested_by")
);
CREATE UNIQUE INDEX "approval_open" ON "approval" ("kind", "target") WHERE "decision" IS NULL;
CREATE INDEX "approval_requested_at_idx" ON "approval" ("requested_at");

-- Settings that people change in the portal
CREATE TABLE "setting" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("name")
);

-- Work in the background that a person follows
CREATE TABLE "task" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "input" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "total" INTEGER,
    "done" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "failure" TEXT,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "task_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "task_state_known" CHECK ("state" IN ('waiting','running','done','failed','cancelled'))
);
CREATE INDEX "task_created_at_idx" ON "task" ("created_at");
CREATE INDEX "task_created_by_idx" ON "task" ("created_by", "created_at");

-- Mail that was or will be sent
CREATE TABLE "outbox" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "outbox_created_at_idx" ON "outbox" ("created_at");

-- Profiles belong to a batch; those of a batch that is no stock are seen nowhere but in the batch

ALTER TABLE "profile"
    ADD COLUMN "batch_id" BIGINT,
    ADD COLUMN "line" INTEGER,
    ADD COLUMN "msisdn" TEXT,
    ADD COLUMN "warned" BOOLEAN NOT NULL DEFAULT false;

-- Sealed package bytes, or with a template the sealed values of the subscriber
ALTER TABLE "profile_package" ADD COLUMN "template_id" UUID;

-- A million rows come and go at once: their integrity is kept by the few statements that write them
ALTER TABLE "profile_package" DROP CONSTRAINT "profile_package_iccid_fkey";
ALTER TABLE "profile" DROP CONSTRAINT "profile_type_id_fkey";
ALTER TABLE "download_order" DROP CONSTRAINT "download_order_iccid_fkey";

CREATE VIEW "stock" AS
    SELECT p.* FROM "profile" p LEFT JOIN "batch" b ON b.id = p.batch_id WHERE p.batch_id IS NULL OR b.state = 'approved';

DROP INDEX "profile_type_id_state_iccid_idx";
DROP INDEX "profile_created_at_idx";
DROP INDEX "profile_eid_idx";
DROP INDEX "profile_imsi";
CREATE INDEX "profile_type_id_state_batch_id_iccid_idx" ON "profile" ("type_id", "state", "batch_id", "iccid");
CREATE INDEX "profile_batch_id_iccid_idx" ON "profile" ("batch_id", "iccid");
CREATE INDEX "profile_eid" ON "profile" ("eid") WHERE "eid" IS NOT NULL;
CREATE INDEX "profile_imsi" ON "profile" ("imsi" text_pattern_ops) WHERE "imsi" IS NOT NULL;
CREATE INDEX "profile_msisdn" ON "profile" ("msisdn" text_pattern_ops) WHERE "msisdn" IS NOT NULL;
