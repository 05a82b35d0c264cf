/** The time of everything in what is made, in seconds, whenever it is made: the same input gives the same bytes. */
export const moment = process.env['SOURCE_DATE_EPOCH'] ?? String(Date.UTC(2024, 0, 1) / 1000);
