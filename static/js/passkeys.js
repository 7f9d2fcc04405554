// Add a passkey, or sign in with one, when its button is pressed. Without WebAuthn, the buttons stay hidden.
const decode = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
};
const encode = (buffer) => {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};
const decodeIds = (credentials) => credentials?.map((credential) => ({ ...credential, id: decode(credential.id) }));

const readOptions = (json) => {
  const options = JSON.parse(json);
  options.challenge = decode(options.challenge);
  if (options.user) options.user.id = decode(options.user.id);
  if (options.allowCredentials) options.allowCredentials = decodeIds(options.allowCredentials);
  if (options.excludeCredentials) options.excludeCredentials = decodeIds(options.excludeCredentials);
  return options;
};

// The JSON of PublicKeyCredential.toJSON(), which older browsers don't have.
const writeCredential = ({ id, type, rawId, response }) => {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const encoded = names.filter((name) => response[name]).map((name) => [name, encode(response[name])]);
  return JSON.stringify({ id, type, rawId: encode(rawId), response: Object.fromEntries(encoded) });
};

for (const block of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    const unsupported = document.querySelector("[data-passkey-unsupported]");
    if (unsupported) unsupported.hidden = false;
    continue;
  }
  block.hidden = false;
  const message = block.querySelector("[role=alert]");
  const button = block.querySelector("button");
  button.addEventListener("click", async () => {
    if (block.dataset.passkey === "create" && !block.closest("form").reportValidity()) return;
    button.disabled = true;
    message.hidden = true;
    try {
      const publicKey = readOptions(block.dataset.options);
      const credential = await navigator.credentials[block.dataset.passkey]({ publicKey });
      block.querySelector("input").value = writeCredential(credential);
      block.closest("form").submit();
    } catch (error) {
      const { refused, exists } = message.dataset;
      message.textContent = error.name === "InvalidStateError" && exists ? exists : refused;
      message.hidden = false;
      button.disabled = false;
    }
  });
}
