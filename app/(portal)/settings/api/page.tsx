import { ArrowLeft, Download } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { REFUSALS } from '@/app/api/v1/_contract/errors'
import { type JsonSchema, type OpenApiDocument, openApiDocument } from '@/app/api/v1/_contract/openapi'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { requirePage } from '@/lib/action'
import { env } from '@/lib/env'
import { Fields, fieldsOf } from './fields'
import { OperationDetails } from './operation-details'
import { anchorOf, schemaWords } from './schema-words'

export const metadata: Metadata = { title: 'Management API' }

const documentPath = '/api/v1/openapi.json'

const Start = ({ baseUrl }: { baseUrl: string }) => (
  <Card title="In short">
    <ol className="flex max-w-3xl list-decimal flex-col gap-1 pl-5">
      <li>
        An administrator makes a key in the{' '}
        <Link href="/settings" className="text-accent underline underline-offset-2">
          settings
        </Link>
        , with the role that it needs and no more.
      </li>
      <li>
        It is sent with every call: <code className="identifier">Authorization: Bearer slw_…</code>
      </li>
      <li>What makes orders also takes an Idempotency-Key, your own name of that call: sent twice, it makes them once.</li>
      <li>EIDs and codes that the role does not see are masked, as on the pages.</li>
    </ol>
    <p className="mt-3 text-quiet">Calls go below</p>
    <Identifier value={baseUrl} what="address" wrap />
  </Card>
)

const Calls = ({ document, tag, baseUrl }: { document: OpenApiDocument; tag: { name: string; description: string }; baseUrl: string }) => (
  <Card title={tag.name} description={tag.description}>
    <div className="-my-2 divide-y">
      {Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, { tags = [] }]) => tags.includes(tag.name))
          .map(([method, operation]) => (
            <OperationDetails key={operation.operationId} method={method} path={path} baseUrl={baseUrl} operation={operation} />
          )),
      )}
    </div>
  </Card>
)

const Refusals = () => (
  <Card title="When the answer is no" description="The body is an Error: a code for programs, a sentence for people.">
    <dl className="-my-1.5 divide-y">
      {Object.entries(REFUSALS).map(([code, { status, meaning }]) => (
        <div key={code} className="grid gap-x-4 py-1.5 sm:grid-cols-[minmax(9rem,16rem)_1fr]">
          <dt className="identifier break-all font-medium">
            {status} {code}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
      <div className="grid gap-x-4 py-1.5 sm:grid-cols-[minmax(9rem,16rem)_1fr]">
        <dt className="identifier font-medium">404 or 409</dt>
        <dd>
          What ES2+ would answer with a status of SGP.22: its name is the code, such as iccidInUse, and its subject and reason code stand
          beside it.
        </dd>
      </div>
    </dl>
  </Card>
)

function Webhooks({ webhooks }: Pick<OpenApiDocument, 'webhooks'>) {
  const [first] = Object.values(webhooks)
  const schema = first?.post.requestBody?.content['application/json'].schema
  return (
    <Card title="Webhooks" description="The same told without asking: set one up in the settings, and each event is sent as signed JSON.">
      <Fields
        of={(first?.post.parameters ?? []).map(({ name, schema: header, description }) => ({
          name,
          schema: header,
          required: true,
          description,
        }))}
      />
      {schema ? <p className="py-1.5">Body: {schemaWords(schema)}</p> : null}
      <dl className="mt-2 divide-y border-t">
        {Object.entries(webhooks).map(([event, { post }]) => (
          <div key={event} className="grid gap-x-4 py-1.5 sm:grid-cols-[minmax(9rem,16rem)_1fr]">
            <dt className="identifier break-all font-medium">{event}</dt>
            <dd>{post.description}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

const Schemas = ({ schemas }: { schemas: Record<string, JsonSchema> }) => (
  <Card title="Objects" description="What bodies and answers are made of.">
    <div className="-my-2 divide-y">
      {Object.entries(schemas).map(([name, schema]) => (
        <section key={name} id={anchorOf(name)} className="scroll-mt-4 py-3 target:bg-accent-soft">
          <h3 className="identifier font-semibold">{name}</h3>
          {schema.description ? <p className="text-quiet">{schema.description}</p> : null}
          {schema.properties ? <Fields of={fieldsOf(schema)} /> : <p>{schemaWords(schema)}</p>}
        </section>
      ))}
    </div>
  </Card>
)

export default async function ApiPage() {
  await requirePage('settings:read')
  const { portalUrl } = env()
  const document = openApiDocument(portalUrl)
  const baseUrl = `${portalUrl}/api/v1`
  return (
    <>
      <Link href="/settings" className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Settings
      </Link>
      <PageHeader
        title="Management API"
        description="Profile types, stock, orders and customers’ links for scripts and for systems without ES2+."
        actions={
          <Button asChild size="sm">
            <a href={documentPath} download="slipway-openapi.json">
              <Download aria-hidden /> OpenAPI document
            </a>
          </Button>
        }
      />
      <div className="flex max-w-5xl flex-col gap-4">
        <Start baseUrl={baseUrl} />
        {document.tags.map(tag => (
          <Calls key={tag.name} document={document} tag={tag} baseUrl={baseUrl} />
        ))}
        <Refusals />
        <Webhooks webhooks={document.webhooks} />
        <Schemas schemas={document.components.schemas} />
      </div>
    </>
  )
}
