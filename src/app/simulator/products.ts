import { z } from "zod";
import { productCreateSchema } from "../../http/contract/products.ts";
import type { Variant } from "../../model/shop.ts";
import { explainIssues, parseYaml } from "../../store/yaml-file.ts";
import { CommandError } from "../cli/command.ts";

type Products = readonly z.output<typeof productCreateSchema>[];

/** What is for sale: products as a server has them once they are made in this order. */
export function toVariants(products: Products): readonly Variant[] {
  let id = 0;
  return products.flatMap((product, index) =>
    product.variants.map((variant): Variant => {
      id += 1;
      const { sku, name, description, imageUrl, price, comparePrice, currency, active, stock } = variant;
      return {
        id,
        productId: index + 1,
        sku: sku ?? undefined,
        name: name === "" ? product.name : `${product.name}, ${name}`,
        description: description === "" ? product.description : description,
        imageUrl: imageUrl ?? product.imageUrl ?? undefined,
        price,
        comparePrice: comparePrice ?? undefined,
        currency,
        isActive: active && product.active,
        stock: stock ?? undefined,
      };
    }),
  );
}

/** Whatever else is in the file: a file of conversation tests will do. */
const productsFileSchema = z.object({ products: z.array(productCreateSchema).min(1) });

/** Reads `products`, as files of conversation tests have them. Throws `CommandError` that names the lines. */
export function parseProducts(file: string, text: string): readonly Variant[] {
  const parsed = parseYaml(file, text);
  if ("problems" in parsed) throw unreadable(parsed.problems);
  const checked = productsFileSchema.safeParse(parsed.value);
  if (checked.success) return toVariants(checked.data.products);
  const problems = explainIssues(checked.error.issues).map(({ path, message }) => ({
    file,
    line: parsed.lineOf(path),
    message: path.length === 0 ? message : `${path.join(".")}: ${message}`,
  }));
  throw unreadable(problems);
}

function unreadable(problems: readonly { readonly file: string; readonly line: number; readonly message: string }[]) {
  const lines = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  return new CommandError("request.invalid", lines.join("\n"));
}
