using Xunit.Sdk;

namespace VisionRollout.Adapters.Tests.Traffic;

/// <summary>One row of the table.</summary>
public sealed class RouteCase : IXunitSerializable
{
    public RouteCase()
    {
    }

    public RouteCase(string name, string before, int green, int blue, string? header, string after) =>
        (Name, Before, Green, Blue, Header, After) = (name, before, green, blue, header, after);

    public string Name { get; private set; } = "";

    public string Before { get; private set; } = "";

    public int Green { get; private set; }

    public int Blue { get; private set; }

    public string? Header { get; private set; }

    public string After { get; private set; } = "";

    public void Deserialize(IXunitSerializationInfo info) =>
        (Name, Before, Green, Blue, Header, After) = (info.GetValue<string>(nameof(Name))!, info.GetValue<string>(nameof(Before))!, info.GetValue<int>(nameof(Green)),
            info.GetValue<int>(nameof(Blue)), info.GetValue<string?>(nameof(Header)), info.GetValue<string>(nameof(After))!);

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(Name), Name);
        info.AddValue(nameof(Before), Before);
        info.AddValue(nameof(Green), Green);
        info.AddValue(nameof(Blue), Blue);
        info.AddValue(nameof(Header), Header, typeof(string));
        info.AddValue(nameof(After), After);
    }

    public override string ToString() => Name;
}
