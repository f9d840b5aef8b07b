import type { Outcome } from './report.mts';

/** A topic is a module that measures one thing. Each runs in a process of its own. */
interface Topic {
	default: () => Promise<Outcome>;
}

/** All topics, in the order in which they run. To add one is a file and a line here. */
export const topics: Record<string, () => Promise<Topic>> = {
	delivery: async () => await import('./topics/delivery.mts'),
	refusal: async () => await import('./topics/refusal.mts'),
	growth: async () => await import('./topics/growth.mts'),
	memory: async () => await import('./topics/memory.mts'),
	footprint: async () => await import('./topics/footprint.mts'),
	xml: async () => await import('./topics/xml.mts'),
	hostile: async () => await import('./topics/hostile.mts'),
	n8n: async () => await import('./topics/n8n.mts'),
};
