/** The parts that one `serve` may run. The part `page` writes: one process for each data directory runs it. */
export const SERVICE_PARTS = ['crawl', 'page', 'web'] as const;
export type ServicePart = (typeof SERVICE_PARTS)[number];
