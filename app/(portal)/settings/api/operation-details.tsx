import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { JsonSchema, Operation } from '@/app/api/v1/_contract/openapi'
import { classNames } from '@/components/class-names'
import { CopyButton } from '@/components/ui/copy-button'
import { TONE_CLASSES, type Tone } from '@/components/ui/tone'
import { Fields, fieldsOf } from './fields'
import { schemaWords } from './schema-words'

const tones: Record<string, Tone> = { get: 'info', post: 'accent', delete: 'bad' }

interface OperationDetailsProps {
  method: string
  path: string
  baseUrl: string
  operation: Operation
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-3">
      <h3 className="font-semibold text-xs">{title}</h3>
      {children}
    </section>
  )
}

/** A schema by its name, or its fields where it has none. */
const Shape = ({ schema }: { schema: JsonSchema }) =>
  schema.properties ? <Fields of={fieldsOf(schema)} /> : <p className="py-1.5">{schemaWords(schema)}</p>

/** What can be pasted into a terminal. */
export function curlOf({ method, path, baseUrl, operation }: OperationDetailsProps): string {
  const { parameters = [], requestBody } = operation
  const example = requestBody?.content['application/json'].examples?.usual?.value
  const lines = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}'${baseUrl}${path}'`,
    `-H "Authorization: Bearer $SLIPWAY_KEY"`,
    ...(parameters.some(({ in: place }) => place === 'header') ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(example === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example)}'`]),
  ]
  return lines.join(' \\\n  ')
}

/** One function: a line, and everything about it when it is unfolded. */
export function OperationDetails(props: OperationDetailsProps) {
  const { method, path, operation } = props
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  const [status, good] = Object.entries(responses).find(([each]) => each.startsWith('2')) ?? []
  const answer = good && 'content' in good ? good.content?.['application/json'].schema : undefined
  const body = requestBody?.content['application/json'].schema
  const curl = curlOf(props)
  return (
    <details id={operationId} className="group py-2">
      <summary className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded py-1">
        <ChevronRight className="size-4 shrink-0 text-quiet group-open:rotate-90" aria-hidden />
        <span
          className={classNames(
            'inline-flex w-16 justify-center rounded px-1.5 py-0.5 font-semibold text-xs',
            TONE_CLASSES[tones[method] ?? 'plain'],
          )}
        >
          {method.toUpperCase()}
        </span>
        <span className="identifier min-w-0 break-all font-medium">{path}</span>
        <span className="min-w-0 text-quiet">{summary}</span>
      </summary>
      <div className="mt-1 border-l-2 pl-4">
        <p className="max-w-3xl">{description}</p>
        <p className="text-quiet text-sm">Keys of the roles {operation['x-roles']?.join(', ')}.</p>
        {parameters.length > 0 ? (
          <Part title="In the address and its headers">
            <Fields
              of={parameters.map(({ name, schema, required, description: said }) => ({ name, schema, required, description: said }))}
            />
          </Part>
        ) : null}
        {body ? (
          <Part title="Body">
            <Shape schema={body} />
          </Part>
        ) : null}
        {answer ? (
          <Part title={`Answer, ${status}`}>
            <Shape schema={answer} />
          </Part>
        ) : null}
        <Part title="In a terminal">
          <div className="mt-1 flex items-start gap-2 rounded-md bg-muted p-3">
            <pre className="identifier min-w-0 flex-1 whitespace-pre-wrap break-all">{curl}</pre>
            <CopyButton text={curl} what={`the call of ${operationId}`} />
          </div>
        </Part>
      </div>
    </details>
  )
}
