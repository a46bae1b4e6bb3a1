/** The choices of a profile type in a select; test types say so. */
export const TypeOptions = ({ types }: { types: { name: string; live: boolean }[] }) =>
  types.map(({ name, live }) => (
    <option key={name} value={name}>
      {name}
      {live ? '' : ' (test)'}
    </option>
  ))
