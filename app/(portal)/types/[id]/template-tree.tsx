import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { byteWords, countWords, numberWords } from '@/components/number-words'
import type { TemplateReport } from '@/lib/inventory/templates'
import { Applications, Codes } from './template-applications'

type Tree = TemplateReport['tree']
type Element = Tree['elements'][number]
type File = Element['files'][number]

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="grid grid-cols-[8.5rem_1fr] gap-x-3 py-1">
    <dt className="text-quiet">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </div>
)

/** The structure of a template: its header, its elements, and in them files, applications and codes, never their secrets. */
export const TemplateTree = ({ tree }: { tree: Tree }) => (
  <section className="min-w-0">
    <h3 className="font-semibold">What is in it</h3>
    <dl className="mt-1">
      {tree.profileName ? <Fact label="Name">{tree.profileName}</Fact> : null}
      <Fact label="Format">SAIP {tree.saipVersion}</Fact>
      <Fact label="Size">
        {byteWords(tree.sizeBytes)}, {countWords(tree.fileCount, 'file')} with room for {byteWords(tree.fileBytes)}
      </Fact>
      <Fact label="eUICC must have">
        {tree.mandatoryServices.join(', ') || <span className="text-quiet">no service in particular</span>}
      </Fact>
      {tree.mandatoryAids.length > 0 ? (
        <Fact label="And the applets">
          {tree.mandatoryAids.map(({ aid }) => (
            <span key={aid} className="identifier block break-all">
              {aid}
            </span>
          ))}
        </Fact>
      ) : null}
    </dl>
    <ol className="mt-2 divide-y rounded-md border">
      {tree.elements.map(element => (
        <li key={element.number}>
          <TreeElement element={element} />
        </li>
      ))}
    </ol>
  </section>
)

function TreeElement({ element }: { element: Element }) {
  const { files, applications, codes, authentication } = element
  const line = <ElementLine element={element} />
  if (files.length + applications.length + codes.length === 0 && !authentication)
    return <div className="flex items-center gap-2 py-1.5 pr-3 pl-8">{line}</div>
  return (
    <details className="group">
      <summary className="flex list-none items-center gap-2 px-3 py-1.5 hover:bg-muted [&::-webkit-details-marker]:hidden">
        <ChevronRight className="-ml-1 size-4 shrink-0 text-quiet transition-transform group-open:rotate-90" aria-hidden />
        {line}
      </summary>
      <div className="flex flex-col gap-2 pr-3 pb-3 pl-8">
        <Files files={files} />
        <Applications applications={applications} />
        <Codes codes={codes} />
        {authentication ? <p>{authenticationWords(authentication)}</p> : null}
      </div>
    </details>
  )
}

const filesIn = (files: File[]): number => files.reduce((sum, file) => sum + 1 + filesIn(file.files), 0)

const ElementLine = ({ element: { number, title, mandated, sizeBytes, files, applications, codes } }: { element: Element }) => (
  <>
    <span className="identifier w-6 shrink-0 text-right text-quiet">{number}</span>
    <span className="min-w-0 flex-1">
      {title}
      <span className="text-quiet">
        {[
          files.length > 0 ? countWords(filesIn(files), 'file') : '',
          applications.length > 0 ? countWords(applications.length, 'application') : '',
          codes.length > 0 ? countWords(codes.length, 'code') : '',
          mandated ? 'mandatory' : '',
        ]
          .filter(Boolean)
          .map(words => ` · ${words}`)
          .join('')}
      </span>
    </span>
    <span className="shrink-0 text-quiet tabular-nums">{numberWords(sizeBytes)} B</span>
  </>
)

const KINDS: Record<File['kind'], string> = {
  directory: 'directory',
  transparent: 'transparent',
  'linear-fixed': 'records',
  cyclic: 'cyclic records',
  'ber-tlv': 'BER-TLV',
  link: 'link',
  'by-template': 'as its file template says',
}

function sizeWords({ kind, sizeBytes, recordBytes, contentBytes }: File): string {
  if (kind === 'directory') return ''
  const written = contentBytes > 0 ? `${numberWords(contentBytes)} B written` : ''
  if (sizeBytes === undefined) return written
  return recordBytes ? `${sizeBytes / recordBytes} × ${recordBytes} B` : `${numberWords(sizeBytes)} B`
}

const Files = ({ files }: { files: File[] }) =>
  files.length === 0 ? null : (
    <ul className="flex flex-col gap-0.5">
      {Object.entries(files).map(([place, file]) => (
        <li key={place}>
          <div className="flex flex-wrap items-baseline gap-x-2">
            <span className={file.kind === 'directory' ? 'font-medium' : undefined}>{file.name}</span>
            <span className="identifier text-quiet">{file.path}</span>
            <span className="ml-auto text-quiet text-xs">{[KINDS[file.kind], sizeWords(file)].filter(Boolean).join(', ')}</span>
          </div>
          {file.files.length > 0 ? (
            <div className="mt-0.5 ml-1 border-l pl-3">
              <Files files={file.files} />
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  )

const ALGORITHMS: Record<string, string> = {
  milenage: 'Milenage',
  tuak: 'TUAK',
  cave: 'CAVE',
  'usim-test-algorithm': 'The USIM test algorithm',
  unknown: 'An unknown algorithm',
}

const authenticationWords = (authentication: NonNullable<Element['authentication']>): string =>
  'sharedWith' in authentication
    ? `Shares the key of application ${authentication.sharedWith}.`
    : `${ALGORITHMS[authentication.algorithm] ?? authentication.algorithm} with a key of ${countWords(authentication.keyBytes, 'octet')}.`
