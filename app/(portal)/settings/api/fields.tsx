import type { JsonSchema } from '@/app/api/v1/_contract/openapi'
import { boundsOf, schemaWords } from './schema-words'

interface FieldProps {
  name: string
  schema: JsonSchema
  required: boolean
  description?: string | undefined
}

function Field({ name, schema, required, description = schema.description }: FieldProps) {
  const bounds = boundsOf(schema)
  return (
    <div className="grid gap-x-4 py-1.5 sm:grid-cols-[minmax(9rem,14rem)_1fr]">
      <dt className="identifier min-w-0 break-all font-medium">
        {name}
        {required ? null : <span className="font-normal font-sans text-quiet text-xs"> optional</span>}
      </dt>
      <dd className="min-w-0 break-words">
        <span className="text-quiet">{schemaWords(schema)}</span>
        {bounds ? <span className="text-quiet"> ({bounds})</span> : null}
        {description ? <p>{/[.!?]$/.test(description) ? description : `${description}.`}</p> : null}
      </dd>
    </div>
  )
}

/** The fields of an object, or of what stands in a path, a query or a header. */
export const Fields = ({ of }: { of: FieldProps[] }) =>
  of.length > 0 ? (
    <dl className="divide-y">
      {of.map(field => (
        <Field key={field.name} {...field} />
      ))}
    </dl>
  ) : null

export const fieldsOf = ({ properties = {}, required = [] }: JsonSchema): FieldProps[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }))
