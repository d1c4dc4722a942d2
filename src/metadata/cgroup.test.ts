import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCgroup } from './cgroup.js';

const ID = 'b9c2a1f0e4d35768'.repeat(4);
const OTHER = '0f1e2d3c4b5a6978'.repeat(4);
const SHORT = ID.slice(0, 12);
const UID = '3d4f1c2a-9b8e-4c7d-a1b2-0123456789ab';
const UNDERSCORED = UID.replaceAll('-', '_');

test('containers are found in the paths of every runtime, on cgroup v1 and v2', () => {
  const paths: Array<[string, string]> = [
    ['docker, cgroupfs', `12:memory:/docker/${ID}`], ['docker, systemd', `0::/system.slice/docker-${ID}.scope`],
    ['docker, nested init', `0::/docker/${ID}/init.scope`], ['docker seen from its own cgroup namespace', `0::/../docker-${ID}.scope`],
    ['containerd by kubelet, systemd', `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${ID}.scope`],
    ['containerd by kubelet, cgroupfs', `11:cpu,cpuacct:/kubepods/burstable/pod${UID}/${ID}`],
    ['containerd with colons', `1:name=systemd:/system.slice/containerd.service/kubepods-besteffort-pod${UNDERSCORED}.slice:cri-containerd:${ID}`],
    ['cri-o', `0::/kubepods.slice/kubepods-pod${UNDERSCORED}.slice/crio-${ID}.scope`], ['cri-o, container in scope', `0::/kubepods.slice/crio-${ID}.scope/container`],
    ['podman', `0::/machine.slice/libpod-${ID}.scope`], ['podman, rootless', `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`],
    ['podman, cgroupfs', `4:devices:/libpod_parent/libpod-${ID}`], ['docker in a pod: the innermost', `0::/kubepods/besteffort/pod${UID}/${OTHER}/docker/${ID}`],
    ['ecs', `9:cpu:/ecs/cluster/task/${ID}`],
  ];
  for (const [what, line] of paths) {
    const { container, containerId } = parseCgroup(`${line}\n`);
    assert.equal(containerId, ID, what);
    assert.equal(container, SHORT, what);
  }
});

test('the pod is known by its uid with both drivers', () => {
  assert.equal(parseCgroup(`0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${ID}.scope`).podUid, UID);
  assert.equal(parseCgroup(`3:pids:/kubepods/pod${UID}/${ID}`).podUid, UID);
});

test('LXC and nspawn containers go by their names', () => {
  for (const path of ['0::/lxc.payload.web-1/system.slice/nginx.service', '5:pids:/lxc/web-1', '0::/lxc.payload/web-1', '0::/machine.slice/machine-web\\x2d1.scope']) {
    assert.equal(parseCgroup(path).container, 'web-1', path);
  }
});

test('a systemd service is known by its unit, what users start by hand is not', () => {
  assert.equal(parseCgroup('0::/system.slice/nginx.service').unit, 'nginx');
  assert.equal(parseCgroup('0::/system.slice/system-postgresql.slice/postgresql@15-main.service').unit, 'postgresql@15-main');
  assert.equal(parseCgroup('0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service').unit, 'shop');
  for (const path of ['0::/user.slice/user-1000.slice/session-3.scope', '0::/user.slice/user-0.slice/user@0.service/init.scope', '0::/init.scope', '0::/', '', '0::/system.slice/ssh.service']) {
    assert.deepEqual(parseCgroup(path), { container: '', containerId: '', podUid: '', unit: '' }, path);
  }
});

test("a runtime's own helper is not the container that it watches", () => {
  assert.equal(parseCgroup(`0::/machine.slice/libpod-conmon-${ID}.scope`).container, '');
  assert.equal(parseCgroup(`0::/kubepods.slice/crio-conmon-${ID}.scope`).container, '');
});

test('the line with the container counts among those of cgroup v1', () => {
  assert.equal(parseCgroup(`12:rdma:/\n11:pids:/system.slice/docker.service\n10:cpu:/docker/${ID}\n0::/\n`).container, SHORT);
});

test('any text is survived', () => {
  const piece = fc.constantFrom('/', ':', '0::', ID, 'docker-', '.scope', 'pod', '..', 'libpod-', '.service', '\n', 'lxc', '\\x2d', '\\xzz');
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 30 }), (pieces) => {
    parseCgroup(pieces.join(''));
  }), { numRuns: 500 });
});
