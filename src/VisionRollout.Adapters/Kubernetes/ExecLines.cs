using System.Text;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Cuts one stream's bytes into lines: UTF-8, ended by LF or CR LF, however the network cuts them. A line that grows
/// beyond 64 Ki characters is handed over in pieces.</summary>
internal sealed class ExecLines(Action<string> onLine)
{
    private const int Longest = 64 * 1024;

    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder line = new();

    /// <summary>Takes the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = bytes.Length < 1024 ? stackalloc char[bytes.Length + 1] : new char[bytes.Length + 1];
        foreach (var character in characters[..decoder.GetChars(bytes, characters, flush: false)])
        {
            if (character == '\n' || line.Length >= Longest) Flush();
            if (character != '\n') line.Append(character);
        }
    }

    /// <summary>Hands over a last line without an end.</summary>
    public void End()
    {
        if (line.Length > 0) Flush();
    }

    private void Flush()
    {
        if (line.Length > 0 && line[^1] == '\r') line.Length--;
        onLine(line.ToString());
        line.Clear();
    }
}
