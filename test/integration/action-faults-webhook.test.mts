import { actionFaultTable } from '../support/integration/action-fault-table.mts';
import { actionScenarios } from '../support/integration/action-scenarios.mts';
import { useScenes } from '../support/integration/scene.mts';

useScenes();

await actionFaultTable(actionScenarios.filter(({ resource }) => resource === 'webhook'));
