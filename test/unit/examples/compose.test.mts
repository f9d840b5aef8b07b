import { describe, expect, it } from 'vitest';
import { composeFile } from '../../support/compose.mts';
import { textOf } from '../../support/unit/documents.mts';

const compose = composeFile();
const { services } = compose;
const n8nServices = ['main', 'webhook-1', 'webhook-2', 'worker'];

describe('examples/deploy/compose.yaml', () => {
	it('all processes of n8n in compose.yaml have the same version, settings and nodes', () => {
		const shared = n8nServices.map((name) => {
			const { image, environment, volumes, stop_grace_period: grace } = services[name]!;
			const names = Object.keys(services.main!.environment!);
			const common = names.map((each) => [each, environment![each]]);
			return { image, common, volumes, grace };
		});
		expect(new Set(shared.map((each) => JSON.stringify(each))).size).toBe(1);
		expect(services.install!.image).toBe(services.main!.image);
	});

	it('compose.yaml gives n8n longer to stop than n8n takes', () => {
		const { environment, stop_grace_period: grace } = services.main!;
		expect(Number.parseInt(grace!, 10)).toBeGreaterThan(Number(environment!.N8N_GRACEFUL_SHUTDOWN_TIMEOUT));
	});

	it('nginx-queue.conf has the addresses and the body limit of compose.yaml', () => {
		const conf = textOf('examples/deploy/nginx-queue.conf');
		const addressOf = (name: string) => {
			const networks = services[name]!.networks as Record<string, { ipv4_address: string }>;
			return networks.default!.ipv4_address;
		};
		const upstreams = [...conf.matchAll(/server ([\d.]+):5678/g)].map(([, address]) => address);
		expect(upstreams).toEqual(['main', 'webhook-1', 'webhook-2'].map(addressOf));
		const limit = services.main!.environment!.N8N_PAYLOAD_SIZE_MAX;
		expect(conf).toContain(`client_max_body_size ${limit}m;`);
	});

	it('.env.example names each variable of compose.yaml', () => {
		const text = textOf('examples/deploy/compose.yaml');
		const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
		const example = textOf('examples/deploy/.env.example');
		const named = new Set([...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name));
		expect(named).toEqual(used);
	});
});
