/** Of the Windows service that every POS server of the demo is. */
export const SERVICE_NAME = "iikoCard5POS";
