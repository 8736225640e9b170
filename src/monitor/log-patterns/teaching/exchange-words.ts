/** What lines about an exchange have, in whichever language they are. */
export const ABOUT_EXCHANGE = /обмен|синхрон|exchang|sync/i;
