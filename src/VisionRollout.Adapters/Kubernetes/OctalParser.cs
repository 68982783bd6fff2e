using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Reads plain numbers with a leading zero as octal ones, as YAML 1.1 and kubectl do: <c>defaultMode: 0400</c> is 256, not 400.</summary>
/// <param name="parser">Reads the text.</param>
internal sealed partial class OctalParser(IParser parser) : IParser
{
    /// <inheritdoc/>
    public ParsingEvent? Current => parser.Current is Scalar { Style: ScalarStyle.Plain, IsKey: false, Tag.IsEmpty: true } scalar && Octal().IsMatch(scalar.Value)
        ? new Scalar(scalar.Anchor, scalar.Tag, Convert.ToInt32(scalar.Value, 8).ToString(CultureInfo.InvariantCulture), ScalarStyle.Plain, scalar.IsPlainImplicit, scalar.IsQuotedImplicit, scalar.Start, scalar.End)
        : parser.Current;

    /// <inheritdoc/>
    public bool MoveNext() => parser.MoveNext();

    // No more digits than an int holds.
    [GeneratedRegex("^0[0-7]{1,10}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Octal();
}
