import { createRequire } from 'node:module';
import type {
	INodeType,
	WorkflowParameters,
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	IHttpRequestOptions,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { Process } from '../../world/process.mts';
import { log } from './log.mts';
import { ProcessedItems } from '../processed-items.mts';

/*
 * n8n's real classes, loaded the way n8n loads them (CommonJS), so that the node under test and
 * n8n-core share one n8n-workflow. n8n-core's container holds a logger that keeps its lines,
 * settings not read from the home folder, and binary data kept in the items (a service that was not
 * started has no other place for it).
 */

const require = createRequire(import.meta.url);
const core = require('n8n-core') as typeof import('n8n-core');
const requireOfCore = createRequire(require.resolve('n8n-core'));

/** The copy of n8n-workflow that n8n-core uses. */
export const n8nWorkflow = require('n8n-workflow') as typeof import('n8n-workflow');

interface Container {
	set(type: unknown, value: unknown): void;
}

const { Container } = requireOfCore('@n8n/di') as { Container: Container };
const { Logger } = requireOfCore('@n8n/backend-common') as { Logger: unknown };

Container.set(Logger, log);
/** Role of this n8n process. */
export const instanceSettings: { instanceType?: string } & Record<string, string> = {
	...{ instanceId: 'test', hmacSignatureSecret: 'test' },
	instanceType: 'main',
};

Container.set(core.InstanceSettings, instanceSettings);
Container.set(core.BinaryDataService, new core.BinaryDataService({} as never, {} as never, log as never));

export const {
	CredentialTestContext,
	ExecuteContext,
	HookContext,
	LoadOptionsContext,
	PollContext,
	TriggerContext,
	WebhookContext,
} = core;
export const { NodeApiError, NodeOperationError, Workflow } = n8nWorkflow;

/** A workflow whose nodes are all of one type. */
export function workflowOf(
	nodeType: INodeType,
	parts: Pick<WorkflowParameters, 'id' | 'nodes' | 'active'> & Partial<WorkflowParameters>,
) {
	const nodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	return new Workflow({ name: 'Test', connections: {}, settings: {}, ...parts, nodeTypes });
}

/** What n8n gives its contexts, as far as the package uses it. */
export function additionalData(
	urlOfN8n: string,
	readCredential: () => Promise<ICredentialDataDecryptedObject>,
	{ credential: credentialType }: Pick<Process, 'credential'>,
): IWorkflowExecuteAdditionalData {
	const credentialsHelper: Partial<ICredentialsHelper> = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		getDecrypted: async (...[, , , mode, executeData, , values]) =>
			resolved(structuredClone(await readCredential()), mode, executeData, values),
		preAuthentication: async () => undefined,
		authenticate: async (data: ICredentialDataDecryptedObject, _type: string, request: IHttpRequestOptions) =>
			await credentialType.authenticate(data, request),
	};
	return {
		credentialsHelper,
		variables: {},
		instanceBaseUrl: `${urlOfN8n}/`,
		restApiUrl: `${urlOfN8n}/rest`,
		webhookBaseUrl: `${urlOfN8n}/webhook`,
		webhookTestBaseUrl: `${urlOfN8n}/webhook-test`,
		webhookWaitingBaseUrl: `${urlOfN8n}/webhook-waiting`,
		formWaitingBaseUrl: `${urlOfN8n}/form-waiting`,
	} as unknown as IWorkflowExecuteAdditionalData;
}

type DecryptedParameters = Parameters<ICredentialsHelper['getDecrypted']>;

/** As n8n's `applyDefaultsAndOverwrites` does it. A server token's user can begin with "=", and be none. */
function resolved(
	credential: ICredentialDataDecryptedObject,
	mode: DecryptedParameters[3],
	executeData: DecryptedParameters[4],
	values: DecryptedParameters[6],
): ICredentialDataDecryptedObject {
	if (values === undefined) return credential;
	const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = values;
	return workflow.expression.getParameterValue(
		credential as never,
		...([runExecutionData, runIndex, itemIndex, node.name, connectionInputData, mode] as const),
		{},
		executeData,
	) as ICredentialDataDecryptedObject;
}

/** The store of processed items of the test that runs: n8n-core takes only one such service. */
let processed = new ProcessedItems();

// Test files of one process share n8n-core, and each has a store of its own.
Object.assign(core.DataDeduplicationService, { instance: undefined });
await core.DataDeduplicationService.init({
	checkProcessedAndRecord: async (...args) => await processed.checkProcessedAndRecord(...args),
	removeProcessed: async (items, scope, context) => await processed.removeProcessed(items, scope, context),
	clearAllProcessedItems: async (scope, context) => await processed.clearAllProcessedItems(scope, context),
	getProcessedDataCount: async (scope, context) => await processed.getProcessedDataCount(scope, context),
});

/** An empty store. */
export function processedItems(): ProcessedItems {
	processed = new ProcessedItems();
	return processed;
}
