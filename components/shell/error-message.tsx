import { Button } from '@/components/ui/button'

interface ErrorMessageProps {
  /** The id under which the server logged it. */
  digest: string | undefined
  retry: () => void
}

/** What to say when something broke that nobody at the screen can mend. */
export const ErrorMessage = ({ digest, retry }: ErrorMessageProps) => (
  <>
    <p className="text-quiet">Something on the server went wrong, so this page could not be shown. Nothing was changed by it.</p>
    <p className="text-quiet">
      Try again in a moment. If it stays so, give the reference to whoever runs this server: it names the line in its log.
    </p>
    {digest ? (
      <p>
        Reference <span className="identifier">{digest}</span>
      </p>
    ) : null}
    <div>
      <Button variant="primary" onClick={retry}>
        Try again
      </Button>
    </div>
  </>
)
