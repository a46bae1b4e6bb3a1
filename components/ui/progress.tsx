import { Progress as Radix } from 'radix-ui'
import { classNames } from '@/components/class-names'

interface ProgressProps {
  label: string
  /** 0 to 1; undefined while the end is not known */
  value: number | undefined
}

export const Progress = ({ label, value }: ProgressProps) => (
  <Radix.Root
    aria-label={label}
    value={value === undefined ? null : Math.round(value * 100)}
    className="relative h-2 w-full overflow-hidden rounded-full bg-muted"
  >
    <Radix.Indicator
      className={classNames(
        'block h-full rounded-full bg-accent',
        value === undefined ? 'absolute w-1/4 animate-glide' : 'origin-left transition-transform',
      )}
      {...(value === undefined ? {} : { style: { transform: `scaleX(${value})` } })}
    />
  </Radix.Root>
)
