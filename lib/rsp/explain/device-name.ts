/** Brand and model as one name, "Apple iPhone 15"; a model that begins with its brand is not told it twice. Undefined: neither is known. */
export function deviceName({ brand = '', model = '' }: { brand?: string | undefined; model?: string | undefined }): string | undefined {
  const told = brand && model.toLowerCase().startsWith(`${brand.toLowerCase()} `)
  return (told ? model : `${brand} ${model}`.trim()) || undefined
}
