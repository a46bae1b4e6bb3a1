const Reach = ({ what, whom }: { what: string; whom: string }) => (
  <li>
    <span className="font-medium">{what}</span> <span className="text-quiet">{whom}</span>
  </li>
)

/** From when a change counts, and what is fixed. */
export const WhatChangesReach = ({ inUse }: { inUse: boolean }) => (
  <section className="rounded-lg border bg-surface p-4">
    <h2 className="font-semibold text-base leading-tight">What a change reaches</h2>
    <ul className="mt-2 flex flex-col gap-2">
      <Reach
        what="What devices show, owner, rules, notifications:"
        whom="downloads from now on. A device that was shown a profile keeps what it saw."
      />
      <Reach what="Order settings:" whom="orders made from now on; what follows a rejection, all of them." />
      <Reach what="New phone:" whom="every profile of the type, from its next move on." />
      <Reach what="Template:" whom="batches that are checked from now on. Those that were checked keep theirs." />
      <Reach what="Test or live:" whom={inUse ? 'fixed, because there are profiles.' : 'free until the first profile comes in.'} />
    </ul>
  </section>
)
