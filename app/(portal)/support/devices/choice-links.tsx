import Link from 'next/link'
import { classNames } from '@/components/class-names'

interface ChoiceLinksProps {
  label: string
  choices: readonly { href: string; word: string; chosen: boolean }[]
}

/** A few choices of which one holds, each an address. */
export const ChoiceLinks = ({ label, choices }: ChoiceLinksProps) => (
  <nav aria-label={label} className="flex flex-wrap rounded-md border border-control/60 bg-surface p-0.5">
    {choices.map(({ href, word, chosen }) => (
      <Link
        key={href}
        href={href}
        scroll={false}
        aria-current={chosen ? 'true' : undefined}
        className={classNames(
          'whitespace-nowrap rounded px-2.5 py-1 text-sm',
          chosen ? 'bg-accent-soft font-medium text-accent' : 'text-quiet hover:bg-muted hover:text-foreground',
        )}
      >
        {word}
      </Link>
    ))}
  </nav>
)
