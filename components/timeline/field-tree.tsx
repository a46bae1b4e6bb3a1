import type { Field } from '@/lib/rsp/decode/field'

/** Names say nothing of which of two it is: the place does. */
const keyed = (fields: Field[]) => fields.map((field, place) => ({ key: `${place} ${field.name}`, ...field }))

/** Fields of a message as they lie within each other, under their names in SGP.22. */
export const FieldTree = ({ fields }: { fields: Field[] }) => (
  <ul className="flex flex-col gap-y-0.5">
    {keyed(fields).map(({ key, name, value, note, children }) => (
      <li key={key} className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2 break-all">
          <span className="text-quiet">{name}</span>
          {value === undefined ? null : <span className="identifier min-w-0">{value}</span>}
          {note ? <span className="break-normal text-quiet italic">{note}</span> : null}
        </p>
        {children && children.length > 0 ? (
          <div className="ml-1 border-l pl-3">
            <FieldTree fields={children} />
          </div>
        ) : null}
      </li>
    ))}
  </ul>
)
