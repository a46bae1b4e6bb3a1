export const about = 'Codes issued in one go, with their QR codes, labels, files and links.'
