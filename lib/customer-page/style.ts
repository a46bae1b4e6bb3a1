import { SURFACES, type Tones, tonesOf } from './colour'

const variables = ({ fill, onFill, ink, tint, glow }: Tones): string =>
  `--fill:${fill};--on-fill:${onFill};--ink:${ink};--tint:${tint};--glow:${glow}`

const scheme = (name: 'light' | 'dark', colour: string): string => {
  const { page, card } = SURFACES[name]
  const rest =
    name === 'light'
      ? '--text:#14171b;--soft:#545c66;--line:#e2e5ea;--well:#f4f5f7'
      : '--text:#f1f3f5;--soft:#a9b1bb;--line:#2d323a;--well:#22262c'
  return `--page:${page};--card:${card};${rest};${variables(tonesOf(colour, name))}`
}

/** The page's one style sheet, in an operator's colour. Sides are start and end: Arabic mirrors it all. */
export const pageStyle = (colour: string): string => `
:root{color-scheme:light dark;${scheme('light', colour)}}
@media (prefers-color-scheme:dark){:root{${scheme('dark', colour)}}}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;background:linear-gradient(var(--glow),var(--page) 24rem) no-repeat var(--page);color:var(--text);
font:1.0625rem/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
padding:max(1.25rem,env(safe-area-inset-top)) max(1rem,env(safe-area-inset-right)) max(1.5rem,env(safe-area-inset-bottom)) max(1rem,env(safe-area-inset-left))}
header,main,footer{width:100%;max-width:29rem}
header{display:flex;align-items:center;min-height:2.75rem;margin-bottom:1.25rem;padding-inline:.25rem}
.logo{display:block;max-height:2.5rem;max-width:11rem;width:auto}
.name{font-weight:650;font-size:1.1875rem;letter-spacing:-.01em;overflow-wrap:anywhere}
.card{background:var(--card);border-radius:1.5rem;padding:1.75rem 1.5rem 1.5rem;box-shadow:0 1px 2px rgb(0 0 0/.05),0 12px 32px -12px rgb(0 0 0/.14)}
h1{font-size:1.75rem;line-height:1.18;letter-spacing:-.021em;font-weight:700;text-wrap:balance;overflow-wrap:anywhere}
h2,h3{font-size:1.0625rem;line-height:1.35;font-weight:650}
h3{font-size:1rem}
:lang(ar) h1,:lang(zh) h1,:lang(ar) .name{letter-spacing:0}
p,li,dt,summary{overflow-wrap:anywhere}
p+p{margin-top:.5rem}
a{color:var(--ink);text-underline-offset:.18em}
bdi{unicode-bidi:isolate}
.lead{color:var(--soft);margin-top:.625rem}
.lead bdi,.lead time{color:var(--text)}
.icon{display:flex;width:3.5rem;height:3.5rem;border-radius:1.125rem;background:var(--tint);color:var(--ink);align-items:center;justify-content:center;margin-bottom:1.125rem}
.icon svg{width:1.875rem;height:1.875rem}
[dir=rtl] .flip svg{transform:scaleX(-1)}
.steps{display:flex;gap:.5rem;list-style:none;padding:0;margin-bottom:1.5rem;font-size:.8125rem;line-height:1.3;color:var(--soft)}
.steps li{flex:1;min-width:0;padding-top:.5rem;border-top:.25rem solid var(--line);border-start-start-radius:.125rem;border-start-end-radius:.125rem}
.steps .done{border-color:var(--ink)}
.steps .now{border-color:var(--ink);color:var(--text);font-weight:600}
.button{display:flex;align-items:center;justify-content:center;min-height:3.5rem;margin-top:1.5rem;padding:.75rem 1.25rem;border-radius:1rem;background:var(--fill);color:var(--on-fill);font-weight:650;font-size:1.125rem;line-height:1.25;text-align:center;text-decoration:none;overflow-wrap:anywhere;transition:transform .1s,filter .15s}
.button:hover{filter:brightness(1.06)}
.button:active{transform:scale(.985)}
.button+p,.button+.small{margin-top:.75rem}
:focus-visible{outline:3px solid var(--ink);outline-offset:3px;border-radius:.375rem}
.button:focus-visible{border-radius:1rem}
.small{font-size:.9375rem;line-height:1.45;color:var(--soft)}
.note{display:flex;gap:.875rem;margin-top:1.25rem;padding:1rem;border-radius:1rem;background:var(--tint)}
.note>svg{flex:none;width:1.5rem;height:1.5rem;color:var(--ink)}
.note>div{min-width:0}
.note p{font-size:.9375rem;line-height:1.45}
.note h2+p{margin-top:.25rem}
.note p+p{margin-top:.25rem}
.note details p+p{margin-top:.5rem}
.note details{margin-top:.375rem}
.note summary{font-size:.9375rem;color:var(--ink);cursor:pointer;padding:.25rem 0}
.facts{list-style:none;padding:0;margin-top:1.25rem;display:grid;gap:.5rem;font-size:.9375rem;line-height:1.45;color:var(--soft)}
.facts li{padding-inline-start:1.125rem;position:relative}
.facts li::before{content:"";position:absolute;inset-inline-start:.125rem;top:.5em;width:.375rem;height:.375rem;border-radius:50%;background:var(--ink)}
.more{margin-top:1.5rem;border-top:1px solid var(--line)}
.fold{border-bottom:1px solid var(--line)}
.more .fold:last-child{border-bottom:0;margin-bottom:-.75rem}
.fold>summary{display:flex;align-items:center;justify-content:space-between;gap:1rem;min-height:3.25rem;padding:.75rem 0;font-weight:600;font-size:1rem;line-height:1.35;cursor:pointer;list-style:none}
.fold>summary::-webkit-details-marker{display:none}
.fold>summary::after{content:"";flex:none;width:.5rem;height:.5rem;border:solid var(--soft);border-width:0 2px 2px 0;transform:translateY(-25%) rotate(45deg);transition:transform .15s;margin-inline-end:.25rem}
.fold[open]>summary::after{transform:translateY(15%) rotate(225deg)}
.fold>div{padding-bottom:1.25rem}
.fold .button:first-child{margin-top:.25rem}
.part{margin-top:1.25rem}
.part:first-child{margin-top:0}
.path{margin-top:.375rem;font-size:.9375rem;line-height:1.5}
.fields{margin-top:.875rem;display:grid;gap:.625rem}
.field{padding:.75rem .875rem;border-radius:.875rem;background:var(--well)}
.field dt{font-size:.8125rem;line-height:1.35;color:var(--soft)}
.field dd{display:flex;align-items:center;justify-content:space-between;gap:.75rem;margin-top:.125rem}
.fields+p{margin-top:.75rem}
.code{font:500 .9375rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono","DejaVu Sans Mono",monospace;overflow-wrap:anywhere;min-width:0;user-select:all;-webkit-user-select:all;text-align:start}
.copy{flex:none;min-height:2.75rem;min-width:4.75rem;padding:.25rem .875rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card);color:var(--ink);font:600 .9375rem/1.2 inherit;font-family:inherit;cursor:pointer}
.qr{display:block;width:100%;max-width:18rem;margin-inline:auto;border-radius:1rem;background:#fff;box-shadow:0 0 0 1px var(--line)}
.fold .qr{max-width:14rem;margin-top:.875rem}
.todo{padding:0;list-style:none;counter-reset:n;display:grid;gap:.75rem;margin-top:.875rem}
.todo li{counter-increment:n;position:relative;padding-inline-start:2.375rem;min-height:1.625rem}
.todo li::before{content:counter(n);position:absolute;inset-inline-start:0;top:-.0625rem;width:1.625rem;height:1.625rem;border-radius:50%;background:var(--tint);color:var(--ink);font-weight:650;font-size:.875rem;line-height:1.625rem;text-align:center}
.todo.one{counter-reset:none}
.todo.one li{padding-inline-start:0}
.todo.one li::before{content:none}
h2.todo-title{margin-top:1.5rem}
.waiting{display:flex;align-items:center;gap:.625rem;margin-top:1.25rem;font-size:.9375rem;color:var(--soft)}
.dots{display:flex;gap:.25rem;flex:none}
.dots i{width:.4375rem;height:.4375rem;border-radius:50%;background:var(--ink);animation:breathe 1.4s infinite}
.dots i:nth-child(2){animation-delay:.2s}
.dots i:nth-child(3){animation-delay:.4s}
@keyframes breathe{0%,70%,to{opacity:.25}35%{opacity:1}}
.help{margin-top:1.25rem;padding:0 1.5rem}
.help p{margin-top:.25rem}
.help-text{white-space:pre-line}
footer{margin-top:auto;padding-top:2.25rem}
footer ul{list-style:none;padding:0;display:grid;grid-template-columns:repeat(3,minmax(0,1fr));text-align:center;font-size:.9375rem}
footer a,footer span{display:block;padding:.625rem .5rem;color:var(--soft);text-decoration:none}
footer a:hover{text-decoration:underline}
footer span{color:var(--text);font-weight:600}
.card.on-ipad>.scan{display:none}
/* A logo is made for paper: on the dark page it keeps some. */
@media (prefers-color-scheme:dark){.logo{background:#fff;padding:.375rem .625rem;border-radius:.75rem}}
@media (min-width:48rem){
header,main,footer{max-width:33rem}
body{padding-top:2.5rem}
.card{padding:2.5rem}
.help{padding:0 2.5rem}
footer ul{display:flex;justify-content:center;gap:.375rem}
h1{font-size:2.125rem}
.wide header,.wide main,.wide footer{max-width:56rem}
.wide .scan{display:grid;grid-template-columns:20rem 1fr;gap:2.5rem;align-items:center;margin-top:2rem}
.wide .qr{max-width:none}
.wide .fold .qr{max-width:14rem}
.wide .todo{margin-top:1.25rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:2rem}
.pair .part{margin-top:0}
}
@media (min-width:48rem) and (min-height:50rem){body{padding-top:4rem}}
@media (max-width:47.99rem){.scan .todo{margin-top:1.25rem}.scan{margin-top:1.5rem}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media print{body{background:#fff}footer,.copy,.waiting{display:none!important}}
`
