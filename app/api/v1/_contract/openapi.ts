import { z } from 'zod'
import { VERBS } from '@/lib/accounts/roles'
import { WEBHOOK_EVENTS, WebhookPayload } from '@/lib/partners/webhooks/events'
import { type ApiCall, TAGS } from './call'
import { CALLS } from './calls'
import { REFUSALS, RefusalAnswer } from './errors'

/** A schema of JSON Schema 2020-12, which OpenAPI 3.1 uses as it is. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  description?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  [more: string]: unknown
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

interface JsonContent {
  'application/json': { schema: JsonSchema; examples?: Record<string, { value: unknown }> }
}

export interface Operation {
  operationId: string
  tags?: string[]
  summary: string
  description: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: JsonContent }
  responses: Record<string, { $ref: string } | { description: string; headers?: Record<string, unknown>; content?: JsonContent }>
  /** Roles whose keys may */
  'x-roles'?: readonly string[]
  security?: Record<string, string[]>[]
}

export interface OpenApiDocument {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  servers: { url: string; description: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, { post: Operation }>
  components: {
    securitySchemes: Record<string, unknown>
    schemas: Record<string, JsonSchema>
    responses: Record<string, { description: string; content: JsonContent }>
  }
}

const info = {
  title: 'Slipway management API',
  version: '1',
  description:
    'Profile types, stock, orders and customers’ links for scripts, as the portal has them. A key is made in the settings and sent as Authorization: Bearer slw_…; it may do what its role may. New fields may be added to answers at any time: pass over those that you do not know.',
}

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'Your own name of this very call, such as a UUID. The same key and body again, also after days or at the same time, make nothing new and are answered with what was made; with another body it is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
}

const webhookHeaders: Parameter[] = [
  {
    name: 'Slipway-Signature',
    in: 'header',
    required: true,
    description:
      't=<seconds since 1970>,v1=<HMAC-SHA-256 in hexadecimal, with the secret of the webhook, over t, a dot and the body as it came>. Compare it in constant time, and refuse what is older than some minutes.',
    schema: { type: 'string', examples: ['t=1935912600,v1=5f2b…'] },
  },
]

const schemaRef = (name: string): string => `#/components/schemas/${name}`

/** Its format says what a moment is; the pattern is longer than all the rest. */
const withoutPatternOfMoments = ({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }): void => {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
}

/** Schemas as the document has them: those with a name stand under it, once. */
function schemas() {
  const named: Record<string, JsonSchema> = {}
  const moved = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(moved)
    if (typeof schema !== 'object' || schema === null) return schema
    return Object.fromEntries(
      Object.entries(schema).map(([member, value]) =>
        member === '$ref' && typeof value === 'string' ? [member, schemaRef(value.replace('#/$defs/', ''))] : [member, moved(value)],
      ),
    )
  }
  const of = (schema: z.ZodType): JsonSchema => {
    const {
      $schema: _,
      $defs = {},
      id,
      ...own
    } = z.toJSONSchema(schema, { io: 'input', override: withoutPatternOfMoments }) as JsonSchema & { $defs?: Record<string, JsonSchema> }
    for (const [name, { id: __, ...definition }] of Object.entries($defs)) named[name] = moved(definition) as JsonSchema
    if (typeof id !== 'string') return moved(own) as JsonSchema
    named[id] = moved(own) as JsonSchema
    return { $ref: schemaRef(id) }
  }
  return { named, of }
}

type Schemas = ReturnType<typeof schemas>

/** The fields of what stands in a path or a query. */
function parametersOf({ of }: Schemas, place: 'path' | 'query', schema: z.ZodType): Parameter[] {
  const { properties = {}, required = [] } = of(schema)
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description ? { description } : {}),
    schema: property,
  }))
}

const exampleOf = (schema: z.ZodType): JsonContent['application/json']['examples'] => {
  const [value] = (schema.meta()?.examples as unknown[] | undefined) ?? []
  return value === undefined ? undefined : { usual: { value } }
}

const takesBody = ({ method, body }: ApiCall): boolean => method !== 'GET' && body.meta()?.id !== undefined

function operationOf(parts: Schemas, call: ApiCall): Operation {
  const { operationId, tag, summary, description, status, answer, verb, once } = call
  const parameters = [
    ...parametersOf(parts, 'path', call.params),
    ...parametersOf(parts, 'query', call.query),
    ...(once ? [idempotencyKey] : []),
  ]
  const repeated = { 'Idempotent-Replayed': { description: 'true: nothing new was made', schema: { type: 'string' } } }
  const examples = exampleOf(call.body)
  const body = { schema: parts.of(call.body), ...(examples ? { examples } : {}) }
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    'x-roles': VERBS[verb],
    parameters,
    ...(takesBody(call) ? { requestBody: { required: true, content: { 'application/json': body } } } : {}),
    responses: {
      [status]: {
        description: once ? 'What was made' : 'Done',
        ...(once ? { headers: repeated } : {}),
        content: { 'application/json': { schema: parts.of(answer) } },
      },
      ...Object.fromEntries(refusalStatuses.map(each => [String(each), { $ref: `#/components/responses/Refused${each}` }])),
    },
  }
}

const refusalStatuses = [...new Set([...Object.values(REFUSALS).map(({ status }) => status), 409 as const])].sort((a, b) => a - b)

function refusalResponses({ of }: Schemas): OpenApiDocument['components']['responses'] {
  const schema = of(RefusalAnswer)
  return Object.fromEntries(
    refusalStatuses.map(status => {
      const said = Object.entries(REFUSALS).flatMap(([code, each]) => (each.status === status ? [`${code}: ${each.meaning}`] : []))
      const known = status === 409 ? ['The state of the profile or order does not allow it; `code` and `status` say which rule.'] : []
      return [`Refused${status}`, { description: [...said, ...known].join(' '), content: { 'application/json': { schema } } }]
    }),
  )
}

function pathsOf(parts: Schemas): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {}
  for (const call of CALLS) {
    const methods = paths[call.path] ?? {}
    methods[call.method.toLowerCase()] = operationOf(parts, call)
    paths[call.path] = methods
  }
  return paths
}

function webhooksOf({ of }: Schemas): OpenApiDocument['webhooks'] {
  const schema = of(WebhookPayload)
  return Object.fromEntries(
    Object.entries(WEBHOOK_EVENTS).map(([event, description]) => [
      event,
      {
        post: {
          operationId: event.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase()),
          summary: event,
          description,
          parameters: webhookHeaders,
          requestBody: { required: true, content: { 'application/json': { schema } } },
          responses: {
            '2XX': {
              description:
                'Taken. Anything else is tried again, for days, in order for each profile; a message may come twice, with the same id.',
            },
          },
          security: [],
        },
      },
    ]),
  )
}

/** The OpenAPI document, made of the schemas by which calls are read and answered. @param baseUrl of the portal */
export function openApiDocument(baseUrl: string): OpenApiDocument {
  const parts = schemas()
  const paths = pathsOf(parts)
  const webhooks = webhooksOf(parts)
  const responses = refusalResponses(parts)
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: `${baseUrl}/api/v1`, description: 'This portal' }],
    security: [{ key: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    webhooks,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of the settings: slw_…' } },
      schemas: Object.fromEntries(Object.entries(parts.named).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses,
    },
  }
}
