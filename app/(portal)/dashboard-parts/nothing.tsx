/** In the place of a chart that has nothing to show. */
export const Nothing = ({ children }: { children: string }) => <p className="py-12 text-center text-quiet">{children}</p>
