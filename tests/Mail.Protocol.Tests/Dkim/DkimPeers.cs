using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mail.Protocol.Tests.Dkim;

/// <summary>The independent programs our signatures are compared with: Debian's python3-dkim and libopendkim.</summary>
internal static class DkimPeers
{
    private const string PythonScript = """
        import sys, json, base64, dkim, logging
        logging.disable(logging.CRITICAL)
        for line in sys.stdin:
            job = json.loads(line)
            txt = {k.encode(): v.encode() for k, v in job["txt"].items()}
            find = lambda name, timeout=5: txt.get((name if isinstance(name, bytes) else name.encode()).rstrip(b"."))
            message = base64.b64decode(job["message"])
            try:
                if job["op"] == "verify":
                    answer = "pass" if dkim.verify(message, dnsfunc=find) else "fail"
                elif job["op"] == "arc-verify":
                    answer = (dkim.arc_verify(message, dnsfunc=find)[0] or b"none").decode()
                elif job["op"] == "sign":
                    answer = base64.b64encode(dkim.sign(message, job["selector"].encode(), job["domain"].encode(), job["key"].encode(),
                        canonicalize=(job["header"].encode(), job["body"].encode()), signature_algorithm=job["algorithm"].encode(),
                        length=job.get("length", False), linesep=b"\r\n")).decode()
                else:
                    fields = dkim.arc_sign(message, job["selector"].encode(), job["domain"].encode(), job["key"].encode(),
                        job["authserv"].encode(), linesep=b"\r\n")
                    answer = base64.b64encode(b"".join(fields)).decode()
            except Exception as error:
                answer = "error: " + repr(error)
            print(answer, flush=True)
        """;

    /// <summary>Calls libopendkim itself: the milter's own test mode changes the header before it verifies.</summary>
    private const string OpendkimScript = """
        import sys, json, base64, ctypes, os
        lib = ctypes.CDLL("libopendkim.so.11")
        for name in ("dkim_init", "dkim_verify", "dkim_sign"):
            getattr(lib, name).restype = ctypes.c_void_p
        handle = ctypes.c_void_p(lib.dkim_init(None, None))
        status = ctypes.c_int()
        words = {"simple": 0, "relaxed": 1}
        folder = sys.argv[1]
        keys = os.path.join(folder, "keys")
        by_file, info = ctypes.c_int(1), ctypes.create_string_buffer(keys.encode())
        assert lib.dkim_options(handle, 1, 6, ctypes.byref(by_file), ctypes.c_size_t(4)) == 0
        assert lib.dkim_options(handle, 1, 7, info, ctypes.c_size_t(len(keys))) == 0
        for line in sys.stdin:
            job = json.loads(line)
            message = base64.b64decode(job["message"])
            with open(keys, "w") as f:
                f.writelines(k + " " + v + "\n" for k, v in job["txt"].items())
            if job["op"] == "verify":
                dkim = ctypes.c_void_p(lib.dkim_verify(handle, b"id", None, ctypes.byref(status)))
            else:
                dkim = ctypes.c_void_p(lib.dkim_sign(handle, b"id", None, job["key"].encode(), job["selector"].encode(), job["domain"].encode(),
                    words[job["header"]], words[job["body"]], 1, ctypes.c_ssize_t(-1), ctypes.byref(status)))
            results = [lib.dkim_chunk(dkim, message, ctypes.c_size_t(len(message))), lib.dkim_chunk(dkim, None, ctypes.c_size_t(0)), lib.dkim_eom(dkim, None)]
            answer = "pass" if results == [0, 0, 0] else "fail %s" % results
            if job["op"] == "sign" and answer == "pass":
                text, length = ctypes.c_char_p(), ctypes.c_size_t()
                assert lib.dkim_getsighdr_d(dkim, ctypes.c_size_t(16), ctypes.byref(text), ctypes.byref(length)) == 0
                value = text.value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                answer = base64.b64encode(b"DKIM-Signature: " + value + b"\r\n").decode()
            lib.dkim_free(dkim)
            print(answer, flush=True)
        """;

    /// <summary>One answer per job by python3-dkim.</summary>
    public static Task<string[]> Python(IEnumerable<JsonObject> jobs) => Ask([PythonScript], jobs);

    /// <summary>One answer per job by libopendkim, which keeps a file in the folder.</summary>
    public static Task<string[]> Opendkim(IEnumerable<JsonObject> jobs, string folder) => Ask([OpendkimScript, folder], jobs);

    private static async Task<string[]> Ask(string[] script, IEnumerable<JsonObject> jobs)
    {
        var input = string.Join('\n', jobs.Select(job => job.ToJsonString(JsonSerializerOptions.Default)));
        var output = await Run("/usr/bin/python3", ["-c", .. script], input);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static JsonObject Job(string operation, byte[] message, params (string Name, string Record)[] txt) => new()
    {
        ["op"] = operation,
        ["message"] = Convert.ToBase64String(message),
        ["txt"] = new JsonObject(txt.Select(t => KeyValuePair.Create(t.Name, (JsonNode?)t.Record))),
    };

    /// <summary>Runs a script of Debian's Python and returns what it prints.</summary>
    public static Task<string> RunPython(string script, string input) => Run("/usr/bin/python3", ["-c", script], input);

    private static async Task<string> Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}
