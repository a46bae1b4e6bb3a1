import { classNames } from '@/components/class-names'

interface IconImageProps {
  icon: { iconType: 'jpg' | 'png'; base64: string }
  name: string
  className?: string
}

/** A type's icon, as it is stored. */
export const IconImage = ({ icon: { iconType, base64 }, name, className }: IconImageProps) => (
  <span
    role="img"
    aria-label={name}
    className={classNames('shrink-0 bg-center bg-contain', className)}
    style={{ backgroundImage: `url(data:image/${iconType === 'jpg' ? 'jpeg' : 'png'};base64,${base64})` }}
  />
)
