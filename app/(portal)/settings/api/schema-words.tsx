import { Fragment, type ReactNode } from 'react'
import type { JsonSchema } from '@/app/api/v1/_contract/openapi'

export const nameOfRef = (ref: string): string => ref.split('/').at(-1) ?? ref

/** Where the page shows a named schema. */
export const anchorOf = (name: string): string => `schema-${name}`

const among = (values: ReactNode[], between: string): ReactNode =>
  values.map((value, index) => (
    <Fragment key={String(index)}>
      {index > 0 ? between : null}
      {value}
    </Fragment>
  ))

const formats: Record<string, string> = { 'date-time': 'moment, ISO 8601', uuid: 'UUID', email: 'e-mail address', uri: 'address' }

function plainType(type: string, schema: JsonSchema): string {
  if (type === 'string') return formats[schema.format ?? ''] ?? 'text'
  if (type === 'integer') return 'whole number'
  if (type === 'boolean') return 'true or false'
  return type
}

/** What a value is, in words: "text or null", "list of Order". */
export function schemaWords(schema: JsonSchema): ReactNode {
  const { $ref, anyOf, type, items, properties, additionalProperties } = schema
  if ($ref) {
    const name = nameOfRef($ref)
    return (
      <a href={`#${anchorOf(name)}`} className="text-accent underline underline-offset-2">
        {name}
      </a>
    )
  }
  if (schema.enum) return schema.enum.map(String).join(' | ')
  if (schema.const !== undefined) return String(schema.const)
  if (anyOf) return among(anyOf.map(schemaWords), ' or ')
  if (type === 'array') return <>list of {items ? schemaWords(items) : 'anything'}</>
  if (type === 'object' && properties) return `{ ${Object.keys(properties).join(', ')} }`
  if (type === 'object' && typeof additionalProperties === 'object') return <>object, of each name {schemaWords(additionalProperties)}</>
  if (Array.isArray(type)) return type.map(each => plainType(each, schema)).join(' or ')
  return type ? plainType(type, schema) : 'anything'
}

/** How small and large it may be. */
export function boundsOf(schema: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, maxItems, default: otherwise } = schema as JsonSchema & Record<string, unknown>
  const said = [
    typeof minimum === 'number' || typeof maximum === 'number' ? `${minimum ?? ''} to ${maximum ?? ''}` : '',
    typeof maxLength === 'number' ? `${typeof minLength === 'number' ? minLength : 0} to ${maxLength} characters` : '',
    typeof maxItems === 'number' ? `at most ${maxItems.toLocaleString('en-GB')}` : '',
    otherwise === undefined || (Array.isArray(otherwise) && otherwise.length === 0) || otherwise === ''
      ? ''
      : `left out: ${String(otherwise)}`,
  ]
  return said.filter(each => each !== '' && !each.includes('9007199254740991')).join('; ')
}
