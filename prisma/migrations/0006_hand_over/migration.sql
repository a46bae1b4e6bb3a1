-- Orders: who gets the code, what the operator calls the order, why it was made
ALTER TABLE "download_order"
    ADD COLUMN "customer_email" TEXT,
    ADD COLUMN "reference" TEXT,
    ADD COLUMN "language" TEXT,
    ADD COLUMN "reason" TEXT NOT NULL DEFAULT 'new',
    ADD COLUMN "run_id" UUID,
    ADD CONSTRAINT "download_order_reason_known" CHECK ("reason" IN ('new','reissue','replacement'));
CREATE INDEX "download_order_reference" ON "download_order" ("reference" text_pattern_ops) WHERE "reference" IS NOT NULL;
CREATE INDEX "download_order_customer_email" ON "download_order" ("customer_email" text_pattern_ops) WHERE "customer_email" IS NOT NULL;
CREATE INDEX "download_order_run" ON "download_order" ("run_id", "iccid") WHERE "run_id" IS NOT NULL;

-- Types: whether a profile may be downloaded again once it was installed, and what becomes of it when it was deleted
ALTER TABLE "profile_type"
    ADD COLUMN "reuse_device" TEXT NOT NULL DEFAULT 'any',
    ADD COLUMN "reuse_after_deletion" BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN "reuse_limit" INTEGER DEFAULT 5,
    ADD COLUMN "reuse_wait_hours" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "returns_to_stock" TEXT NOT NULL DEFAULT 'never',
    ADD CONSTRAINT "profile_type_reuse_device_known" CHECK ("reuse_device" IN ('none','same','any')),
    ADD CONSTRAINT "profile_type_returns_to_stock_known" CHECK ("returns_to_stock" IN ('never','afterDeletion'));

-- Orders issued in one go
CREATE TABLE "issue_run" (
    "id" UUID NOT NULL,
    "type_id" UUID,
    "task_id" UUID,
    "title" TEXT NOT NULL,
    "wanted" INTEGER NOT NULL,
    "confirmation_codes" BOOLEAN NOT NULL DEFAULT false,
    "codes_forgotten_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    CONSTRAINT "issue_run_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "issue_run_created_at_idx" ON "issue_run" ("created_at");

-- Confirmation codes that were made for the orders of a run, sealed, until a person has taken them or a day has passed
CREATE TABLE "issue_run_code" (
    "run_id" UUID NOT NULL,
    "iccid" TEXT COLLATE "C" NOT NULL,
    "sealed" BYTEA NOT NULL,
    CONSTRAINT "issue_run_code_pkey" PRIMARY KEY ("run_id", "iccid")
);

-- Files made in the background, in sealed pieces, until they are out of date
CREATE TABLE "document" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "task_id" UUID,
    "kind" TEXT NOT NULL,
    "options" JSONB NOT NULL DEFAULT '{}',
    "name" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "ready_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    CONSTRAINT "document_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "document_run_id_idx" ON "document" ("run_id");
CREATE INDEX "document_expires_at_idx" ON "document" ("expires_at");
CREATE TABLE "document_piece" (
    "document_id" UUID NOT NULL,
    "place" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,
    CONSTRAINT "document_piece_pkey" PRIMARY KEY ("document_id", "place"),
    CONSTRAINT "document_piece_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "document"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
ALTER TABLE "document_piece" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;

-- The customer's page of an order. The token in its address is derived from the id and a key of the deployment, and found by its hash
CREATE TABLE "customer_link" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "order_id" UUID NOT NULL,
    "iccid" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "mailed_at" TIMESTAMPTZ(3),
    "opened_at" TIMESTAMPTZ(3),
    "last_opened_at" TIMESTAMPTZ(3),
    "opens" INTEGER NOT NULL DEFAULT 0,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" TEXT,
    CONSTRAINT "customer_link_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "customer_link_token_hash_key" ON "customer_link" ("token_hash");
-- One link per order
CREATE UNIQUE INDEX "customer_link_current" ON "customer_link" ("order_id") WHERE "revoked_at" IS NULL;
CREATE INDEX "customer_link_iccid_idx" ON "customer_link" ("iccid", "created_at");

-- A profile that another one has taken the place of, for the network's own systems
CREATE TABLE "replacement" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "old_iccid" TEXT COLLATE "C" NOT NULL,
    "new_iccid" TEXT COLLATE "C" NOT NULL,
    "old_imsi" TEXT,
    "new_imsi" TEXT,
    "msisdn" TEXT,
    "reason" TEXT NOT NULL,
    "reference" TEXT,
    "order_id" UUID NOT NULL,
    "created_by" TEXT NOT NULL,
    "exported_at" TIMESTAMPTZ(3),
    "exported_by" TEXT,
    CONSTRAINT "replacement_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "replacement_old_iccid_key" ON "replacement" ("old_iccid");
CREATE UNIQUE INDEX "replacement_new_iccid_key" ON "replacement" ("new_iccid");
CREATE INDEX "replacement_at_idx" ON "replacement" ("at");
