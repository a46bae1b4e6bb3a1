/** What consults no role, by file and export, and why it need not. */
export const publicEntrances: Record<string, string> = {
  'app/(sign-in)/actions.ts signInAction': 'Whoever signs in has no role yet; attempts are counted.',
  'app/(sign-in)/actions.ts setPasswordAction': 'The one-time link says who it is.',
  'app/(sign-in)/actions.ts signOutAction': 'It ends the session of whoever calls it, nothing else.',
  'app/(sign-in)/actions.ts answerCodeAction': 'The second step of a sign-in, by the token of the first.',
  'app/(sign-in)/actions.ts answerPasskeyAction': 'The second step of a sign-in, by the token of the first.',
  'app/(sign-in)/actions.ts offerPasskeySignInAction': 'Whoever signs in has no role yet.',
  'app/(sign-in)/actions.ts signInWithPasskeyAction': 'Whoever signs in has no role yet.',
  'app/(sign-in)/set-up/actions.ts setUpTotpAction': 'One’s own second factor, by the session.',
  'app/(sign-in)/set-up/actions.ts offerPasskeyAction': 'One’s own second factor, by the session.',
  'app/(sign-in)/set-up/actions.ts setUpPasskeyAction': 'One’s own second factor, by the session.',
  'app/(sign-in)/set-up/actions.ts recoveryCodesAction': 'One’s own recovery codes, by the session.',
  'app/(sign-in)/set-up/actions.ts finishSetUpAction': 'One’s own second factor, by the session.',
  'app/(sign-in)/set-up/page.tsx default': 'One’s own second factor, by the session.',
  'app/(sign-in)/set-password/[token]/page.tsx default': 'The one-time link says who it is.',
  'app/(sign-in)/sign-in/page.tsx default': 'Whoever signs in has no role yet.',
  'app/(portal)/choose-theme.ts chooseTheme': 'It sets a cookie in the browser of whoever calls it.',
  'app/api/auth/[...nextauth]/route.ts GET': 'The sign-in itself.',
  'app/api/auth/[...nextauth]/route.ts POST': 'The sign-in itself.',
  'app/e/[token]/route.ts GET': 'The customer’s page: the token of the link is what it takes.',
  'app/e/[token]/[part]/route.ts GET': 'Parts of the customer’s page, by the same token.',
  'app/e/[token]/[part]/route.ts POST': 'That the customer’s page was seen, by the same token.',
  'app/api/v1/openapi.json/route.ts GET': 'The description of the API, the same for every deployment but for its address.',
  'app/gsma/rsp2/es9plus/[fn]/route.ts POST': 'ES9+: devices prove themselves by their certificates.',
}

/** Commands that touch nothing of the deployment: a throw-away one, and a phone of one's own that asks over the network. */
export const publicCommands: readonly string[] = [
  'demo',
  'phone download',
  'phone list',
  'phone enable',
  'phone disable',
  'phone delete',
  'phone notify',
]

/** Files of lib that write to the audit and ask for no role, and why they need not. */
export const unaskedFiles: Record<string, string> = {
  'lib/accounts/audit.ts': 'It is the audit.',
  'lib/accounts/oidc.ts': 'The identity provider says who it is and which role.',
  'lib/accounts/set-password.ts': 'The one-time link says who it is.',
  'lib/accounts/change-own-password.ts': 'One’s own, by the session.',
  'lib/accounts/factors/own-factors.ts': 'One’s own, by the session.',
  'lib/accounts/sign-in-begin.ts': 'Whoever signs in has no role yet.',
  'lib/accounts/sign-in-second-step.ts': 'Whoever signs in has no role yet.',
  'lib/smdp/es2/cancel-order.ts': 'The client certificate says which partner it is, and the verb of lib/orders what is its own.',
  'lib/smdp/es2/confirm-order.ts': 'The client certificate says which partner it is, and the verb of lib/orders what is its own.',
  'lib/smdp/es2/download-order.ts': 'The client certificate says which partner it is, and the verb of lib/orders what is its own.',
  'lib/smdp/es2/release-profile.ts': 'The client certificate says which partner it is, and the verb of lib/orders what is its own.',
  'lib/orders/reuse/reissue.ts': 'A step of moving a profile and of deciding about it past its policy, which have asked.',
}
