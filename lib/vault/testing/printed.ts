/** Watches what this process prints from now on; it is printed all the same. */
export function watchPrinted(): { text: () => string; stop: () => void } {
  const printed: string[] = []
  const streams = [process.stdout, process.stderr]
  const before = streams.map(stream => stream.write)
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean
    stream.write = ((...given: unknown[]) => {
      const [chunk] = given
      printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('latin1'))
      return write(...given)
    }) as typeof stream.write
  }
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
  const spoken = methods.map(method => console[method])
  for (const [i, method] of methods.entries()) {
    console[method] = (...words: unknown[]) => {
      printed.push(
        words
          .map(word =>
            word instanceof Error ? `${word.stack} ${JSON.stringify(word)}` : typeof word === 'string' ? word : JSON.stringify(word),
          )
          .join(' '),
      )
      spoken[i]?.(...words)
    }
  }
  return {
    text: () => printed.join('\n'),
    stop: () => {
      for (const [i, stream] of streams.entries()) if (before[i]) stream.write = before[i]
      for (const [i, method] of methods.entries()) if (spoken[i]) console[method] = spoken[i]
    },
  }
}
