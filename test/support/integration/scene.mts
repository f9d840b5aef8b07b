import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	ICredentialsDecrypted,
	INodeCredentialTestResult,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { afterEach, beforeEach, vi } from 'vitest';
import { type Settings, type Simulator, startSimulator } from '../simulator/index.mts';
import { callDirectly } from './direct-calls.mts';
import { Host } from './host.mts';
import { log } from './log.mts';
import { pretendProcessStarted } from './package-under-test.mts';
import { processedItems, CredentialTestContext } from './n8n.mts';

/** An Expert site and an n8n that has a trigger for it. */
export interface Scene {
	site: Simulator;
	host: Host;
}

export interface SceneOptions {
	parameters?: IDataObject;
	credential?: ICredentialDataDecryptedObject;
	site?: Partial<Settings>;
}

const open: Array<{ close(): Promise<void> }> = [];

const DAY = 86_400_000;

/** Most tests are about deliveries: nothing calls the site once those have their response. */
const ABOUT_DELIVERIES: IDataObject = {
	events: ['page_create', 'page_delete'],
	pageDetails: false,
};

/** A site that waits for a response as long as it takes: a test is about what n8n says, not how fast. */
export const PATIENT: Partial<Settings> = { deliveryTimeoutMs: 60_000 };

/** Call once in each test file: a clean log and an empty database before each test, and everything closed after it. */
export function useScenes(): void {
	beforeEach(() => {
		log.lines = [];
		processedItems();
		// The clock never goes back.
		if (performance.now() < DAY) pretendProcessStarted(DAY);
	});
	afterEach(async () => {
		await closeAll();
		vi.useRealTimers();
	});
}

export async function closeAll(): Promise<void> {
	await Promise.all(open.splice(0).map((each) => each.close()));
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
	return await openAt(await openSite(options.site), options);
}

/** Another workflow of an n8n that has one for this site already. */
export async function openAt(site: Simulator, options: SceneOptions): Promise<Scene> {
	const parameters = { ...ABOUT_DELIVERIES, ...options.parameters };
	const host = new Host(parameters, { ...credentialFor(site), ...options.credential });
	open.push(host);
	return { site, host: await host.start() };
}

/** A site alone; it is closed after the test. */
export async function openSite(settings: Partial<Settings> = {}): Promise<Simulator> {
	const site = callDirectly(await startSimulator(settings));
	open.push(site);
	return site;
}

/** A scene whose workflow is published. */
export async function openPublished(options: SceneOptions = {}): Promise<Scene> {
	const scene = await openScene(options);
	await scene.host.production.publish();
	return scene;
}

/** Credential of a site that does not sign yet. */
export const UNSIGNED: ICredentialDataDecryptedObject = {
	signingSecret: '',
	acceptUnsigned: true,
};

export function credentialFor(site: Simulator): ICredentialDataDecryptedObject {
	return {
		siteUrl: site.url,
		authentication: 'jwt',
		longTermToken: site.longTermToken,
		signingSecret: site.signingSecret,
	};
}

/** The other way to authenticate. */
export function serverTokenFor(site: Simulator): ICredentialDataDecryptedObject {
	const { key, secret, user } = site.serverToken;
	return {
		...credentialFor(site),
		...{ authentication: 'serverToken', longTermToken: '' },
		...{ tokenKey: key, tokenSecret: secret, runAsUser: user },
	};
}

/** Runs the test of the credential as n8n does. */
export async function testCredential(
	{ host }: Scene,
	changes: ICredentialDataDecryptedObject = {},
): Promise<INodeCredentialTestResult> {
	const data = { ...host.credential(), ...changes };
	host.credential = () => data;
	const credential: ICredentialsDecrypted = {
		id: '1',
		name: 'Expert',
		type: 'cxoneExpertApi',
		data,
	};
	const context = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);
	const { testExpertCredential } = host.loaded.trigger.methods.credentialTest;
	return await testExpertCredential.call(context, credential);
}
