// Reads compose.yaml for images/check, so that what is checked is what users start.
//
//   node compose.mjs validate             against the schema of the compose specification; then that every file that
//                                         is mounted exists, and every service of ours is locked down; then that typical
//                                         mistakes in it would be told by their key
//   node compose.mjs order                our services in the order in which they may start
//   node compose.mjs once SERVICE         exit code 0 where it ends by itself
//   node compose.mjs podman SERVICE       the arguments of "podman run", one a line
import { createRequire } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const YAML = require('yaml')
const compose = YAML.parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true })
const isOurs = ([, service]) => service.image.startsWith('sallyport/')
const ours = Object.entries(compose.services).filter(isOurs)

function fail(message) {
  console.error(`compose.yaml: ${message}`)
  process.exitCode = 1
}

function faults(compose) {
  const found = []
  const Ajv = require('ajv').default
  const schema = JSON.parse(readFileSync(join(here, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'))
  const check = new Ajv({ strict: false, allErrors: true, validateFormats: false, validateSchema: false }).compile(schema)
  if (!check(compose)) {
    for (const error of check.errors) found.push(`${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`)
  }
  for (const [name, service] of Object.entries(compose.services)) {
    for (const volume of service.volumes ?? []) {
      const [from] = volume.split(':')
      if (from.startsWith('.') ? !existsSync(join(root, from)) : !(from in compose.volumes)) {
        found.push(`services.${name}.volumes: ${from} does not exist; name a file beside compose.yaml or one of volumes`)
      }
    }
    for (const port of service.ports ?? []) {
      if (!String(port).startsWith('127.0.0.1:')) found.push(`services.${name}.ports: ${port} is open to the world; begin it with 127.0.0.1:`)
    }
    for (const needed of Object.keys(service.depends_on ?? {})) {
      if (!Array.isArray(service.depends_on) && !(needed in compose.services)) found.push(`services.${name}.depends_on: no service ${needed}`)
    }
  }
  for (const [name, service] of Object.entries(compose.services).filter(isOurs)) {
    if (!service.read_only) found.push(`services.${name}.read_only is ${service.read_only}; it must be true`)
    if (!service.cap_drop?.includes('ALL')) found.push(`services.${name}.cap_drop is ${service.cap_drop}; it must have ALL`)
    if (!service.security_opt?.includes('no-new-privileges:true')) found.push(`services.${name}.security_opt must have no-new-privileges:true`)
    if (service.build?.target !== service.image.split('/')[1]) found.push(`services.${name}.build.target is ${service.build?.target}; the image is ${service.image}`)
  }
  return found
}

const MISTAKES = [
  [(all) => { all.services.pki.enviroment = { A: 'b' } }, '/services/pki', 'enviroment'],
  [(all) => { all.services.pki.ports = ['7443:7443'] }, 'services.pki.ports', '7443:7443'],
  [(all) => { all.services.regional.volumes.push('./regional.yml:/config/regional.yaml') }, 'services.regional.volumes', './regional.yml'],
  [(all) => { all.services.regional.volumes.push('regional:/var/lib/sallyport') }, 'services.regional.volumes', 'regional does not exist'],
  [(all) => { all.services['edge-1'].depends_on = { regionals: { condition: 'service_healthy' } } }, 'services.edge-1.depends_on', 'regionals'],
  [(all) => { all.services['edge-1'].depends_on = { regional: { condition: 'service_ready' } } }, '/services/edge-1/depends_on', 'service_healthy'],
  [(all) => { all.services['edge-1'].read_only = false }, 'services.edge-1.read_only', 'must be true'],
  [(all) => { all.services['edge-1'].cap_drop = ['NET_RAW'] }, 'services.edge-1.cap_drop', 'ALL'],
  [(all) => { all.services['edge-2'].build = { context: '.', target: 'regional' } }, 'services.edge-2.build.target', 'regional'],
  [(all) => { all.services.pki.command = 7443 }, '/services/pki/command', 'string'],
]

function validate() {
  faults(compose).forEach(fail)
  for (const [make, key, word] of MISTAKES) {
    const wrong = structuredClone(compose)
    make(wrong)
    const told = faults(wrong)
    if (!told.some((fault) => fault.includes(key) && fault.includes(word))) fail(`a mistake at ${key} is not told: ${told}`)
  }
}

function order() {
  const done = []
  const visit = (name) => {
    if (done.includes(name)) return
    Object.keys(compose.services[name].depends_on ?? {}).forEach(visit)
    done.push(name)
  }
  ours.forEach(([name]) => visit(name))
  done.forEach((name) => console.log(name))
}

function podman(name) {
  const service = compose.services[name]
  const words = [`--name=${name}`, '--network=host', ...ours.map(([other]) => `--add-host=${other}:127.0.0.1`)]
  if (service.read_only) words.push('--read-only')
  for (const place of service.tmpfs ?? []) words.push(`--tmpfs=${place}`)
  for (const capability of service.cap_drop ?? []) words.push(`--cap-drop=${capability}`)
  for (const option of service.security_opt ?? []) words.push(`--security-opt=${option.replace(':true', '')}`)
  for (const volume of service.volumes ?? []) words.push(`--volume=${volume.startsWith('.') ? join(root, volume) : volume}`)
  words.push(`localhost/${service.image}`, ...(service.command ?? []))
  words.forEach((word) => console.log(word))
}

const [what, name] = process.argv.slice(2)
switch (what) {
  case 'validate': validate(); break
  case 'order': order(); break
  case 'once': process.exitCode = compose.services[name].restart === 'no' ? 0 : 1; break
  case 'podman': podman(name); break
  default: console.error('usage: compose.mjs validate|order|once SERVICE|podman SERVICE'); process.exitCode = 2
}
