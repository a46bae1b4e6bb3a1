import { Search } from 'lucide-react'
import Form from 'next/form'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'

/** One box for whatever the customer reads out. */
export const SearchBox = ({ text }: { text: string }) => (
  <search>
    <Form action="/support" className="flex max-w-2xl gap-2">
      <div className="relative min-w-0 flex-1">
        <Search className="pointer-events-none absolute top-2.5 left-3 size-4 text-quiet" aria-hidden />
        <Input
          key={text}
          type="search"
          name="q"
          defaultValue={text}
          aria-label="What the customer reads out"
          placeholder="ICCID, EID, phone number, IMSI, code, reference…"
          className="pl-9"
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Button type="submit" variant="primary">
        Find
      </Button>
    </Form>
  </search>
)
