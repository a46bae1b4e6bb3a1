import type { ReactNode } from 'react'
import { numberWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import type { VaultOverview } from '@/lib/vault/overview'

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-quiet text-xs">{label}</dt>
    <dd>{children}</dd>
  </div>
)

const Command = ({ children }: { children: string }) => (
  <code className="identifier rounded bg-muted px-1">npm run -s cli -- {children}</code>
)

/** With which keys secrets lie in the database; none of them is shown. */
export const KeysAtRestCard = ({ masterKeyId, source, dataKeys, lastCheck, problem }: VaultOverview) => (
  <Card
    title="Keys at rest"
    description="Packages and subscribers’ keys lie encrypted in the database: under data keys, these under one master key."
  >
    <div className="flex flex-col gap-4">
      {problem ? (
        <Notice tone="bad" title="This server cannot make or read new data keys.">
          {problem}
        </Notice>
      ) : null}
      {lastCheck && lastCheck.failed > 0 ? (
        <Notice tone="bad" title={`${numberWords(lastCheck.failed)} secrets did not open.`}>
          Run the check again to see which; restore them from a backup of the database.
        </Notice>
      ) : null}
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        <Fact label="Master key">
          <Identifier value={masterKeyId} what="name of the master key" />
        </Fact>
        <Fact label="It comes from">
          <span className="break-all">{source}</span>
        </Fact>
        <Fact label="Data keys">
          <span className="tabular-nums">{numberWords(dataKeys.count)}</span>
          {dataKeys.lastAt ? (
            <span className="text-quiet">
              , the last one made <RelativeTime at={dataKeys.lastAt} />
            </span>
          ) : null}
        </Fact>
        <Fact label="Last proof that everything opens">
          {lastCheck ? (
            <>
              <RelativeTime at={lastCheck.at} />{' '}
              <span className="break-words text-quiet">
                by {lastCheck.by}, {numberWords(lastCheck.rows)} secrets
              </span>
            </>
          ) : (
            'none yet'
          )}
        </Fact>
      </dl>
      <p className="text-quiet text-xs">
        <Command>keys rotate</Command> puts a new master key in force while servers run; <Command>keys check</Command> proves that
        everything opens. Keep a copy of the master key apart from the backups of the database: without it they open for nobody.
      </p>
    </div>
  </Card>
)
