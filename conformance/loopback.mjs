// Preloaded into the suite's own origin, which would otherwise listen on every address of the machine.
import net from 'node:net'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port) {
  return listen.call(this, { host: '127.0.0.1', port: Number(port) })
}
