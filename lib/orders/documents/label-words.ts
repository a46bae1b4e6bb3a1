import type { LabelLanguage } from './document-options'

/** What labels and cards say. */
export interface LabelWords {
  title: string
  scan: string
  iphone: string
  iphoneSteps: string[]
  android: string
  androidSteps: string[]
  byHand: string
  address: string
  matchingId: string
  confirmationCode: string
  /** Where the code is not on the paper */
  confirmationCodeElsewhere: string
  confirmationCodeNeeded: string
  until: (date: string) => string
  reference: string
  online: string
  care: string
  help: string
}

export const LABEL_WORDS: Record<LabelLanguage, LabelWords> = {
  en: {
    title: 'Your eSIM',
    scan: 'Connect your phone to Wi-Fi, then scan this code with it.',
    iphone: 'iPhone and iPad',
    iphoneSteps: [
      'Open Settings and tap Mobile Service (or Cellular).',
      'Tap Add eSIM, then Use QR Code.',
      'Scan the code and follow the steps on the screen.',
    ],
    android: 'Android',
    androidSteps: [
      'Open Settings and tap Network & internet (Samsung: Connections).',
      'Tap SIMs (Samsung: SIM manager), then Add eSIM.',
      'Scan the code and follow the steps on the screen.',
    ],
    byHand: 'If the code cannot be scanned, choose to enter it by hand:',
    address: 'SM-DP+ address',
    matchingId: 'Activation code',
    confirmationCode: 'Confirmation code',
    confirmationCodeElsewhere: 'Your phone will ask for a confirmation code. You get it separately.',
    confirmationCodeNeeded: 'Confirmation code needed',
    until: date => `Valid until ${date}`,
    reference: 'Reference',
    online: 'Help and state of your eSIM online',
    care: 'The code works once. Keep this page to yourself until the eSIM is installed, and do not delete the eSIM from your phone afterwards.',
    help: 'Help',
  },
  de: {
    title: 'Ihre eSIM',
    scan: 'Verbinden Sie Ihr Telefon mit einem WLAN und scannen Sie dann diesen Code damit.',
    iphone: 'iPhone und iPad',
    iphoneSteps: [
      'Öffnen Sie Einstellungen und tippen Sie auf Mobilfunk.',
      'Tippen Sie auf eSIM hinzufügen, dann auf QR-Code verwenden.',
      'Scannen Sie den Code und folgen Sie den Schritten auf dem Bildschirm.',
    ],
    android: 'Android',
    androidSteps: [
      'Öffnen Sie Einstellungen und tippen Sie auf Netzwerk & Internet (Samsung: Verbindungen).',
      'Tippen Sie auf SIM-Karten (Samsung: SIM-Manager), dann auf eSIM hinzufügen.',
      'Scannen Sie den Code und folgen Sie den Schritten auf dem Bildschirm.',
    ],
    byHand: 'Lässt sich der Code nicht scannen, wählen Sie die manuelle Eingabe:',
    address: 'SM-DP+-Adresse',
    matchingId: 'Aktivierungscode',
    confirmationCode: 'Bestätigungscode',
    confirmationCodeElsewhere: 'Ihr Telefon fragt nach einem Bestätigungscode. Sie erhalten ihn getrennt.',
    confirmationCodeNeeded: 'Bestätigungscode nötig',
    until: date => `Gültig bis ${date}`,
    reference: 'Referenz',
    online: 'Hilfe und Stand Ihrer eSIM im Netz',
    care: 'Der Code gilt für eine einzige Installation. Zeigen Sie diese Seite bis dahin niemandem, und löschen Sie die eSIM danach nicht vom Telefon.',
    help: 'Hilfe',
  },
  fr: {
    title: 'Votre eSIM',
    scan: 'Connectez votre téléphone au Wi-Fi, puis scannez ce code avec lui.',
    iphone: 'iPhone et iPad',
    iphoneSteps: [
      'Ouvrez Réglages et touchez Données cellulaires.',
      'Touchez Ajouter une eSIM, puis Utiliser un code QR.',
      'Scannez le code et suivez les étapes à l’écran.',
    ],
    android: 'Android',
    androidSteps: [
      'Ouvrez Paramètres et touchez Réseau et Internet (Samsung : Connexions).',
      'Touchez Cartes SIM (Samsung : Gestionnaire SIM), puis Ajouter une eSIM.',
      'Scannez le code et suivez les étapes à l’écran.',
    ],
    byHand: 'Si le code ne peut pas être scanné, choisissez la saisie manuelle :',
    address: 'Adresse SM-DP+',
    matchingId: 'Code d’activation',
    confirmationCode: 'Code de confirmation',
    confirmationCodeElsewhere: 'Votre téléphone demandera un code de confirmation. Vous le recevez séparément.',
    confirmationCodeNeeded: 'Code de confirmation requis',
    until: date => `Valable jusqu’au ${date}`,
    reference: 'Référence',
    online: 'Aide et état de votre eSIM en ligne',
    care: 'Ce code ne sert qu’une fois. Gardez cette page pour vous jusqu’à l’installation, et ne supprimez pas l’eSIM du téléphone ensuite.',
    help: 'Aide',
  },
  es: {
    title: 'Su eSIM',
    scan: 'Conecte su teléfono a una red wifi y escanee este código con él.',
    iphone: 'iPhone y iPad',
    iphoneSteps: [
      'Abra Ajustes y toque Datos móviles.',
      'Toque Añadir eSIM y después Usar código QR.',
      'Escanee el código y siga los pasos en la pantalla.',
    ],
    android: 'Android',
    androidSteps: [
      'Abra Ajustes y toque Redes e Internet (Samsung: Conexiones).',
      'Toque SIM (Samsung: Administrador de SIM) y después Añadir eSIM.',
      'Escanee el código y siga los pasos en la pantalla.',
    ],
    byHand: 'Si el código no se puede escanear, elija introducirlo a mano:',
    address: 'Dirección SM-DP+',
    matchingId: 'Código de activación',
    confirmationCode: 'Código de confirmación',
    confirmationCodeElsewhere: 'Su teléfono pedirá un código de confirmación. Lo recibirá por separado.',
    confirmationCodeNeeded: 'Requiere código de confirmación',
    until: date => `Válido hasta el ${date}`,
    reference: 'Referencia',
    online: 'Ayuda y estado de su eSIM en línea',
    care: 'El código sirve una sola vez. No muestre esta página a nadie hasta instalar la eSIM y no la borre después del teléfono.',
    help: 'Ayuda',
  },
}

const formatOf = (locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
const FORMATS: Record<LabelLanguage, Intl.DateTimeFormat> = {
  en: formatOf('en-GB'),
  de: formatOf('de'),
  fr: formatOf('fr'),
  es: formatOf('es'),
}

/** A moment as customers read it, the same wherever they are. */
export const momentIn = (language: LabelLanguage, at: Date): string => `${FORMATS[language].format(at)} UTC`

/** Digits of an ICCID or code in fours, for people who read them out. */
export const inFours = (digits: string): string => digits.replace(/(.{4})(?=.)/g, '$1 ')
