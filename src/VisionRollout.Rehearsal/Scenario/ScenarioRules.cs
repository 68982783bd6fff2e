using System.Globalization;
using VisionRollout.Rehearsal.Faults;

namespace VisionRollout.Rehearsal.Scenario;

/// <summary>The rules that tie a scenario's values together.</summary>
internal static class ScenarioRules
{
    public static void Check(RehearsalScenario scenario, List<string> problems)
    {
        CheckRoute(scenario, problems);
        if (scenario.Services.Count == 0) problems.Add("$.services must have at least one service");
        foreach (var name in scenario.Services.GroupBy(service => service.Name).Where(group => group.Count() > 1))
            problems.Add($"$.services names {name.Key} {name.Count()} times");
        for (var index = 0; index < scenario.Services.Count; index++)
            CheckService(scenario, scenario.Services[index], $"$.services[{index}]", problems);
        foreach (var person in scenario.People.GroupBy(person => person.User).Where(group => group.Count() > 1))
            problems.Add($"$.people names {person.Key} {person.Count()} times");
        CheckVersions(scenario, problems);
        CheckPorts(scenario, problems);
        for (var index = 0; index < scenario.Faults.Count; index++)
            CheckFault(scenario.Faults[index], $"$.faults[{index}]", problems);
    }

    public static void CheckFault(ScenarioFault fault, string path, List<string> problems)
    {
        if (!FaultNames.All.Contains(fault.Name, StringComparer.Ordinal))
            problems.Add($"{path}.name '{fault.Name}' is unknown; the faults are {string.Join(", ", FaultNames.All)}");
        if (fault.Name is FaultNames.ErrorRate or FaultNames.ResourceExhaustion or FaultNames.ServiceCommunication && fault.Magnitude is > 1)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture,
                $"{path}.magnitude is a share from 0 to 1 for {fault.Name}, and not {fault.Magnitude}"));
        }
    }

    private static void CheckRoute(RehearsalScenario scenario, List<string> problems)
    {
        if (scenario.Route.Kind is not ("VirtualService" or "HTTPRoute"))
            problems.Add($"$.route.kind must be VirtualService or HTTPRoute, and not '{scenario.Route.Kind}'");
        if (!scenario.Route.Hosts.ContainsKey(scenario.LiveColour))
            problems.Add($"$.liveColour '{scenario.LiveColour}' has no host in $.route.hosts");
        if (scenario.Route.Hosts.Values.Distinct(StringComparer.Ordinal).Count() != scenario.Route.Hosts.Count)
            problems.Add("$.route.hosts gives two colours the same host");
    }

    private static void CheckService(RehearsalScenario scenario, ScenarioService service, string path, List<string> problems)
    {
        foreach (var colour in scenario.Route.Hosts.Keys.Where(colour => !service.Deployments.ContainsKey(colour)))
            problems.Add($"{path}.deployments has none for the colour '{colour}'");
        foreach (var colour in service.Deployments.Keys.Where(colour => !scenario.Route.Hosts.ContainsKey(colour)))
            problems.Add($"{path}.deployments names the colour '{colour}', which $.route.hosts does not have");
        if (scenario.Services.Any(other => !ReferenceEquals(other, service) && other.Database == service.Database))
            problems.Add($"{path}.database '{service.Database}' belongs to another service too");
    }

    private static void CheckVersions(RehearsalScenario scenario, List<string> problems)
    {
        if (!scenario.Versions.ContainsKey(scenario.LiveVersion))
            problems.Add($"$.liveVersion '{scenario.LiveVersion}' is not in $.versions");
        foreach (var (name, profile) in scenario.Versions.Where(pair => pair.Value.LatencyP99Ms < pair.Value.LatencyMedianMs))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture,
                $"$.versions.{name}.latencyP99Ms {profile.LatencyP99Ms} lies below its median {profile.LatencyMedianMs}"));
        }
    }

    private static void CheckPorts(RehearsalScenario scenario, List<string> problems)
    {
        int[] ports = [scenario.GatewayPort, scenario.KubernetesPort, scenario.ControlPort];
        foreach (var port in ports.Where(port => port != 0).GroupBy(port => port).Where(group => group.Count() > 1))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"port {port.Key} is given {port.Count()} times"));
    }
}
