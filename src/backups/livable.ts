/**
 * What a scheduler asks of the elements of a backup while it loads them; where it is missing, `recovery-tool` ends or every
 * scheduler dies at its start. Measured by changing one field at a time of real backups (aurora.md 16, release 0.23), the
 * rule behind each change read in Aurora's own stores. Whatever is not named here may be missing: it lives.
 */
import { shapeOf, unionOf } from '../thrift/shape.ts';
import {
  attribute,
  constraint,
  container,
  hostAttributes,
  hostMaintenanceRequest,
  image,
  instanceTaskConfig,
  jobConfiguration,
  jobKey,
  jobUpdate,
  jobUpdateDetails,
  jobUpdateInstructions,
  jobUpdateSettings,
  jobUpdateStrategy,
  jobUpdateSummary,
  mesosContainer,
  quotaConfiguration,
  resource,
  resourceAggregate,
  slaPolicy,
  storedCronJob,
  storedJobUpdateDetails,
  taskConfig,
  taskConstraint,
} from '../thrift/structs.ts';

const resources = { shape: unionOf('resource', resource) };

/** Nobody asks for anything of a configuration but that its unions are ones. What else a task needs is in `task-reader.ts`. */
export const livableConfig = shapeOf('configuration', taskConfig, {
  constraints: {
    shape: shapeOf('constraint', constraint, {
      constraint: { shape: unionOf('constraint', taskConstraint) },
    }),
  },
  container: {
    shape: unionOf('container', container, {
      mesos: {
        shape: shapeOf('container', mesosContainer, { image: { shape: unionOf('container image', image) } }),
      },
    }),
  },
  resources,
  slaPolicy: { shape: unionOf('service level policy', slaPolicy) },
});

/** Other characters than a key may have are a refusal of their own: the answer to that was recorded. */
const filledKey = shapeOf('job key', jobKey, {
  role: { need: 'filled' },
  environment: { need: 'filled' },
  name: { need: 'filled' },
});

export const livableCronJob = shapeOf('cron job', storedCronJob, {
  jobConfiguration: {
    need: 'present',
    called: 'job configuration',
    shape: shapeOf('job configuration', jobConfiguration, {
      key: { need: 'present', called: 'job key', shape: filledKey },
      taskConfig: { need: 'present', called: 'configuration', shape: livableConfig },
    }),
  },
});

/** Which resources a quota has is judged beside it: releases differ in that. */
export const livableQuota = shapeOf('quota', quotaConfiguration, {
  role: { need: 'present' },
  quota: { need: 'present', shape: shapeOf('quota', resourceAggregate, { resources }) },
});

/** Only of a host with an agent id: others are dropped while they are loaded (aurora.md 11.4). */
export const livableHost = shapeOf('host', hostAttributes, {
  host: { need: 'present', called: 'host name' },
  attributes: { shape: shapeOf('attribute', attribute, { values: { need: 'filled' } }) },
  mode: { known: [1, 2, 3, 4], called: 'maintenance mode' },
});

const instances = shapeOf('instances', instanceTaskConfig, {
  task: { need: 'present', called: 'configuration', shape: livableConfig },
  instances: { need: 'filled', called: 'instance ranges' },
});

/** The key is judged beside it: up to 0.7 an update had an id in its place. */
export const livableUpdate = shapeOf('job update', storedJobUpdateDetails, {
  details: {
    need: 'present',
    shape: shapeOf('details', jobUpdateDetails, {
      update: {
        need: 'present',
        shape: shapeOf('update', jobUpdate, {
          summary: { need: 'present', shape: shapeOf('summary', jobUpdateSummary, {}) },
          instructions: {
            need: 'present',
            shape: shapeOf('instructions', jobUpdateInstructions, {
              initialState: { need: 'present', called: 'initial state', shape: instances },
              desiredState: { shape: instances },
              settings: {
                shape: shapeOf('settings', jobUpdateSettings, {
                  updateStrategy: { shape: unionOf('strategy', jobUpdateStrategy) },
                }),
              },
            }),
          },
        }),
      },
    }),
  },
});

export const livableMaintenance = shapeOf('maintenance request', hostMaintenanceRequest, {
  host: { need: 'present', called: 'host name' },
  defaultSlaPolicy: { shape: unionOf('service level policy', slaPolicy) },
});
