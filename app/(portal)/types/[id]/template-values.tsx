import type { TemplateReport } from '@/lib/inventory/templates'

/** Places by the titles of their elements, "PINs × 4" where a value goes to several of one name. */
function placeWords(places: string[], titles: Map<string, string>): string {
  const counted = [...new Set(places)].map(name => ({ name, count: places.filter(place => place === name).length }))
  return counted.map(({ name, count }) => `${titles.get(name) ?? name}${count > 1 ? ` × ${count}` : ''}`).join(', ')
}

/** Which values of a row go into the template, and which it has no place for. */
export function TemplateValues({ report: { values, tree } }: { report: TemplateReport }) {
  const titles = new Map<string, string>(tree.elements.map(({ name, title }) => [name, title]))
  const taken = values.filter(({ places }) => places.length > 0)
  const lacking = values.filter(({ places }) => places.length === 0)
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <div>
        <h3 className="font-semibold">Values that it takes</h3>
        <ul className="mt-2 divide-y rounded-md border">
          {taken.map(({ value, title, places, present }) => (
            <li key={value} className="grid gap-x-3 px-3 py-1.5 sm:grid-cols-[minmax(0,10rem)_1fr]">
              <span>{title}</span>
              <span className="min-w-0">
                {placeWords(places, titles)}
                {present ? <span className="block break-words text-quiet text-xs">Now: {present}</span> : null}
              </span>
            </li>
          ))}
        </ul>
      </div>
      {lacking.length > 0 ? (
        <div>
          <h3 className="font-semibold">Values that it has no place for</h3>
          <p className="text-quiet">A row that brings one of them is a finding of the check, never dropped without a word.</p>
          <ul className="mt-2 divide-y rounded-md border">
            {lacking.map(({ value, title, reason }) => (
              <li key={value} className="grid gap-x-3 px-3 py-1.5 sm:grid-cols-[minmax(0,10rem)_1fr]">
                <span>{title}</span>
                <span className="min-w-0 text-quiet">{reason}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  )
}
