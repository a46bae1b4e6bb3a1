/** The mark and the name; the mark is also public/icon.svg. */
export const Logo = () => (
  <span className="flex items-center gap-2 font-semibold text-base tracking-tight">
    <svg viewBox="0 0 32 32" className="size-6" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0b5c79" />
      <path d="M6 21.5 26 14v4L6 25.5z" fill="#fff" />
      <path d="M9.5 17.2 11 9.6a1.6 1.6 0 0 1 1.6-1.3h8.9a1.6 1.6 0 0 1 1.6 1.9l-.4 2.1z" fill="#8fd6ea" />
    </svg>
    Slipway
  </span>
)
