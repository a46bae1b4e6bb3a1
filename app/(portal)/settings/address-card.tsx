import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'

/** The name in activation codes, and the other names that are served. */
export const AddressCard = ({ smdpAddress, aliases }: { smdpAddress: string; aliases: string[] }) => (
  <Card title="SM-DP+ address" description="The name in every new activation code. Devices connect to it over HTTPS.">
    <Identifier value={smdpAddress} what="SM-DP+ address" wrap className="font-medium text-base" />
    {aliases.length > 0 ? (
      <div className="mt-3">
        <p className="text-quiet">Also served, for codes that were handed out before:</p>
        <ul className="mt-1">
          {aliases.map(alias => (
            <li key={alias}>
              <Identifier value={alias} what="alias" wrap />
            </li>
          ))}
        </ul>
      </div>
    ) : null}
    <p className="mt-3 text-quiet text-xs">
      Set with <span className="identifier">SMDP_ADDRESS</span> when the server starts. Devices that hold a code know only the name in it:
      keep an old name as an alias.
    </p>
  </Card>
)
